"""What the two import commands share: arguments, progress, the report."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from core.errors import DomainError
from customers.actions.imports import Report, load_mapping


class Bars:
    """Progress on a terminal, nothing elsewhere: first bytes read, then rows recorded."""

    def __init__(self, path: Path) -> None:
        hidden = not sys.stderr.isatty()
        self.reading = tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc="read", disable=hidden)
        self.recording = tqdm(total=0, unit=" rows", desc="record", disable=hidden)

    def read(self, position: int) -> None:
        self.reading.update(position - self.reading.n)

    def recorded(self, done: int, total: int) -> None:
        self.recording.total = total
        self.recording.update(done - self.recording.n)

    def close(self) -> None:
        self.reading.close()
        self.recording.close()


class ImportCommand(BaseCommand):
    """A command that imports one file by a mapping."""

    run_import: Callable[..., Report]
    of_orders: bool

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", required=True, help="a TOML or JSON file, or the name of a preset")
        parser.add_argument("--dry-run", action="store_true", help="do everything and take it back")
        parser.add_argument("--refused", type=Path, help="write refused rows with reasons into this CSV")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        bars = Bars(path)
        try:
            report = self.run_import(
                path=path,
                mapping=load_mapping(options["mapping"], of_orders=self.of_orders),
                now=timezone.now(),
                dry_run=options["dry_run"],
                refused_path=options["refused"],
                read_progress=bars.read,
                row_progress=bars.recorded,
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        finally:
            bars.close()
        self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False) if options["json"] else _table(report))


def _table(report: Report) -> str:
    figures = report.as_dict()
    rows = [(name, figures[name]) for name in figures if name not in ("reasons", "examples")]
    lines = [f"{name:<14}{value if value is not None else '-':>12}" for name, value in rows]
    lines += ["", "refused because:"] if report.reasons else []
    lines += [f"  {code:<24}{count:>8}" for code, count in report.reasons.most_common()]
    lines += [f"  line {r.line}, {r.column or 'row'}: {r.reason}" for r in report.examples]
    return "\n".join(lines)
