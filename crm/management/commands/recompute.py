"""Bring statistics and standings up to date without waiting for a tick or the night."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.periods import company_day
from segmentation import actions


class Command(BaseCommand):
    help = "Compute anew the customers whose orders changed, or, with --full, everybody."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="everybody, as the night does")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, full: bool, **options: Any) -> None:
        now, started = timezone.now(), time.perf_counter()
        result: dict[str, Any] = recompute_all(now) if full else {"customers": refresh_all(now)}
        result["seconds"] = round(time.perf_counter() - started, 2)
        lines = (f"{name}: {value}" for name, value in result.items())
        self.stdout.write(json.dumps(result) if options["json"] else "\n".join(lines))


def refresh_all(now: datetime) -> int:
    """Ticks until no stale mark is left; returns how many customers they recomputed."""
    customers = 0
    while count := actions.refresh_stale(now=now):
        customers += count
    return customers


def recompute_all(now: datetime) -> dict[str, Any]:
    """Statistics, then standings, of the whole base; with a new fit where one is due."""
    as_of = company_day(now)
    statistics = actions.recompute_statistics(as_of=as_of)
    if actions.fit_is_due(as_of=as_of):
        actions.fit_models(as_of=as_of, now=now)
    standings = actions.conclude_base(as_of=as_of, now=now)
    return {
        **{f"statistics_{name}": value for name, value in asdict(statistics).items()},
        **{f"standings_{name}": value for name, value in asdict(standings).items()},
    }
