"""Run the night by hand."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from core.models import Night, StepState
from core.periods import company_day
from crm import nightly
from crm.tables import table


class Command(BaseCommand):
    help = "Compute the whole base as of a day: statistics, grades, lifecycle, LTV. Once per day, whoever starts it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="the day, today unless named")
        parser.add_argument("--again", action="store_true", help="run the last night anew, though it is done")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, as_of: date | None, again: bool, **options: Any) -> None:
        now = timezone.now()
        try:
            night = nightly.run(as_of=as_of or company_day(now), now=now, again=again)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        report = described(night)
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else as_table(report))
        if night.state != StepState.DONE:
            raise CommandError("Some steps failed; start it again to take up what is left.")


def described(night: Night) -> dict[str, Any]:
    """A night as JSON values."""
    names = ("name", "state", "seconds", "result", "error")
    return {
        "date": night.date.isoformat(),
        "state": night.state,
        "seconds": sum(step.seconds or 0 for step in night.steps.all()),
        "steps": [{name: getattr(step, name) for name in names} for step in night.steps.all()],
    }


def as_table(report: dict[str, Any]) -> str:
    """The steps, one a line."""
    rows = [
        (step["name"], step["state"], f"{step['seconds'] or 0:.2f}", step["error"] or _pairs(step["result"]))
        for step in report["steps"]
    ]
    rows.append(("the night", report["state"], f"{report['seconds']:.2f}", report["date"]))
    return table(("step", "state", "seconds", "result"), rows)


def _pairs(result: dict[str, Any]) -> str:
    return ", ".join(
        f"{name}: {value:,}" if isinstance(value, int) else f"{name}: {value}" for name, value in result.items()
    )
