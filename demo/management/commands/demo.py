"""Fill an empty base with the demonstration company."""

import io
import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.periods import company_day
from demo.actions.accounts import LogIns, create_accounts, known_log_ins
from demo.actions.base import base_exists, fill_base, finish_base
from demo.actions.nights import run_past_nights
from demo.actions.story import tell

FEWEST, MOST = 100, 5_000_000


class Command(BaseCommand):
    help = "Fill an empty base with an invented company: customers, three years of orders, people with log-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=5000, metavar="N")
        parser.add_argument("--seed", type=int, default=7, help="the same seed and day give the same base")
        parser.add_argument(
            "--as-of", type=date.fromisoformat, metavar="DATE", help="the day after the last order, today"
        )
        parser.add_argument("--accounts-only", action="store_true", help="only the log-ins and the API token")
        parser.add_argument(
            "--lean", action="store_true", help="for benchmarks: orders without lines, messages and nights"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        if not FEWEST <= options["customers"] <= MOST:
            raise CommandError(f"--customers is from {FEWEST:,} to {MOST:,}.")
        today = company_day(timezone.now())
        as_of = options["as_of"] or today
        if as_of > today:
            raise CommandError("--as-of is today or an earlier day.")
        exists = base_exists()
        log_ins = known_log_ins() or create_accounts()
        result: dict[str, Any] = {"filled": not exists and not options["accounts_only"]}
        if result["filled"]:
            result |= self._fill(options["customers"], options["seed"], as_of, lean=options["lean"])
        if options["json"]:
            self.stdout.write(json.dumps(result | asdict(log_ins), ensure_ascii=False))
        else:
            self._tell(result, log_ins, exists=exists)

    def _fill(self, customers: int, seed: int, as_of: date, *, lean: bool) -> dict[str, Any]:
        started = time.monotonic()
        story = tell(customers=customers, seed=seed, as_of=as_of, lean=lean)
        fill_base(story=story, lean=lean, progress=lambda orders: self._progress(f"{orders:,} orders"))
        filled = time.monotonic()
        if not lean:
            run_past_nights(story, lambda day: self._progress(f"night of {day}"))
            call_command("nightly", as_of=as_of, stdout=io.StringIO())
            finish_base(story=story)
        return {
            "as_of": as_of.isoformat(),
            "customers": len(story),
            "orders": len(story.purchases),
            "seconds": {
                "base": round(filled - started, 1),
                "nights": round(time.monotonic() - filled, 1),
            },
        }

    def _progress(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{text:<40}", ending="")

    def _tell(self, result: dict[str, Any], log_ins: LogIns, *, exists: bool) -> None:
        if result["filled"]:
            seconds = sum(result["seconds"].values())
            self.stdout.write(f"{result['customers']:,} customers and {result['orders']:,} orders in {seconds:.0f} s")
        elif exists:
            self.stdout.write("There is a base already: nothing was added to it.")
        for account in log_ins.accounts:
            self.stdout.write(f"{account.role:<14} {account.email:<24} {account.password:<14} {account.name}")
        self.stdout.write(f"API token      {log_ins.token}")
