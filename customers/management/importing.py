"""What the import commands share: arguments, progress, the report."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from core.errors import DomainError
from core.journal import acting
from customers.actions.imports import Assignment, Report, Telling, kind_of, load_mapping, work
from customers.models import ImportMode


class Bars:
    """Progress on a terminal, nothing elsewhere: first bytes read, then rows recorded."""

    def __init__(self, path: Path) -> None:
        hidden = not sys.stderr.isatty()
        self.reading = tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc="read", disable=hidden)
        self.recording = tqdm(total=0, unit=" rows", desc="record", disable=hidden)

    def read(self, position: int) -> None:
        self.reading.update(position - self.reading.n)

    def recorded(self, done: int, total: int, _report: Report) -> None:
        self.recording.total = total
        self.recording.update(done - self.recording.n)

    def close(self) -> None:
        self.reading.close()
        self.recording.close()


class ImportCommand(BaseCommand):
    """A command that imports one file by a mapping."""

    kind: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", required=True, help="a TOML or JSON file, or the name of a preset")
        parser.add_argument("--mode", choices=ImportMode.values, default=ImportMode.BOTH)
        parser.add_argument(
            "--key", default="", help="what rows are known by, such as phone; all that tells it if empty"
        )
        parser.add_argument("--dry-run", action="store_true", help="do everything and take it back")
        parser.add_argument("--refused", type=Path, help="write refused rows with reasons into this CSV")
        parser.add_argument("--json", action="store_true", help="print the report as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        refused: Path | None = options["refused"]
        if refused:
            refused.unlink(missing_ok=True)
        bars = Bars(path)
        try:
            report = self._work(path, options, bars)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        finally:
            bars.close()
        self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False) if options["json"] else _table(report))

    def _work(self, path: Path, options: dict[str, Any], bars: Bars) -> Report:
        kind = kind_of(options.get("kind") or self.kind)
        if options["key"] and options["key"] not in dict(kind.keys):
            raise CommandError(f"Rows of {kind.code} are known by: {', '.join(dict(kind.keys))}.")
        acting(user_id=None, origin="command")
        order = Assignment(
            path=path,
            mapping=load_mapping(options["mapping"], kind.code),
            kind=kind,
            telling=Telling(now=timezone.now(), mode=options["mode"], key=options["key"]),
            dry_run=options["dry_run"],
            refused_path=options["refused"],
        )
        return work(order, Report(path.name, options["dry_run"]), checkpoint=bars.recorded, read_progress=bars.read)


def _table(report: Report) -> str:
    figures = report.as_dict() | {"customers": report.new_customers + report.known_customers}
    hidden = ("reasons", "skipped_reasons", "examples", "interruptions", "refused_bytes")
    lines = [f"{name:<14}{figures[name]!s:>12}" for name in figures if name not in hidden]
    for title, reasons in (("refused because:", report.reasons), ("skipped because:", report.skipped_reasons)):
        lines += ["", title] if reasons else []
        lines += [f"  {code:<24}{count:>8}" for code, count in reasons.most_common()]
    lines += [f"  line {r.line}, {r.column or 'row'}: {r.reason}" for r in report.examples]
    return "\n".join(lines)
