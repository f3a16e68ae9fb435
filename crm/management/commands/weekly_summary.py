"""The weekly summary by hand: to look at it, or to send it now."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.models import User
from core.periods import company_day
from core.roles import Role
from dashboard.queries.summary import weekly_summary
from dashboard.summary_letter import compose
from dashboard.summary_sending import line_up, send_due


class Command(BaseCommand):
    help = "Send the weekly summary to the managers who have not got this week's yet; with --print only show it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="DATE", help="the day, today unless named")
        parser.add_argument("--print", action="store_true", help="print one letter, and send nothing")

    def handle(self, *, as_of: date | None, **options: Any) -> None:
        now = timezone.now()
        if not options["print"]:
            if as_of is not None:
                raise CommandError("A letter is about the days before it is sent: --as-of goes with --print.")
            lined_up = line_up(now=now)
            tally = send_due(now=now)
            self.stdout.write(
                f"readers: {lined_up}, " + (", ".join(f"{k}: {n}" for k, n in tally.items()) or "sent: 0")
            )
            return
        reader = User.objects.filter(is_active=True, role=Role.MANAGER).order_by("pk").first()
        if reader is None:
            raise CommandError("Nobody here is a manager.")
        day = as_of or company_day(now)
        summary = weekly_summary(user=reader, today=day)
        if summary is None:
            raise CommandError("There is nothing to tell before the first night.")
        letter = compose(user=reader, week=day, summary=summary)
        self.stdout.write(f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.text}")
