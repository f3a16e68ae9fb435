#!/usr/bin/env python
"""Ferma's command line: `python manage.py help` lists the commands."""

import contextlib
import os
import sys

# Commands that talk to no server; `serve` starts the servers itself, with their log in its terminal.
WITHOUT_SERVERS = {
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "check",
    "collectstatic",
    "messages",
    "serve",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    from django.conf import settings
    from django.core.management import execute_from_command_line

    from crm import embedded, origin

    needed = len(sys.argv) > 1 and sys.argv[1] not in WITHOUT_SERVERS and settings.EMBEDDED
    origin.announce("command")
    try:
        with embedded.servers(settings.VAR_DIR) if needed else contextlib.nullcontext():
            execute_from_command_line(sys.argv)
    except embedded.EmbeddedServersError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
