"""Update, check and compile the Russian translations."""

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from crm import messages


class Command(BaseCommand):
    help = "Update the files under locale/ from the code and compile them; --check only tells what is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="apps to update; all of them if none is named")
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a translation is missing")

    def handle(self, *, check: bool, **options: Any) -> None:
        project = project_here()
        if check:
            faults = list(messages.problems(project))
            if faults:
                raise CommandError("\n".join([*faults, f"{len(faults)} to mend in the translations."]))
            self.stdout.write(f"Every message is translated in {len(project.apps)} apps.")
            return
        for app in options["apps"] or project.apps:
            missing = messages.update(project, app)
            self.stdout.write(f"{app}: {missing} to translate" if missing else f"{app}: complete")
        messages.compile_catalogues(project.root)


def project_here() -> messages.Project:
    """This project: the installed apps whose code stands beside manage.py."""
    own = [config.label for config in apps.get_app_configs() if config.path == str(settings.BASE_DIR / config.label)]
    return messages.Project(root=settings.BASE_DIR, apps=tuple(own))
