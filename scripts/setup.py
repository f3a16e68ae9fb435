"""Set the project up in .venv, node_modules and static/vendor; does nothing when nothing has changed.

Run by `make`, with whatever Python is at hand: this file must parse under an old one. `setup.py` alone
installs what Ferma runs on, `setup.py dev` the tools of tests and checks too.
"""

import os
import shutil
import sys

OLDEST = (3, 11)
NEWEST_KNOWN = 15


def newer_python():
    """Path of a Python on this machine that is new enough, or None."""
    for minor in range(NEWEST_KNOWN, OLDEST[1] - 1, -1):
        path = shutil.which("python3.%d" % minor)  # noqa: UP031
        if path:
            return path
    return None


def main():
    if sys.version_info < OLDEST:
        path = newer_python()
        if path is None:
            version = ".".join(map(str, sys.version_info[:3]))
            sys.exit("Ferma needs Python 3.11 or newer; this is Python %s." % version)  # noqa: UP031
        os.execv(path, [path] + sys.argv)  # noqa: RUF005, S606
    from installation import SetupError, install

    try:
        install(with_tools=sys.argv[1:] == ["dev"])
    except SetupError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
