"""What an import did, and the rows that it could not take."""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from customers.actions.faults import fault_text
from customers.actions.imports.columns import Columns
from customers.rules.faults import Fault
from customers.rules.versions import Fate

# A cell that a table program would run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHOWN = 10


@dataclass(frozen=True)
class Refusal:
    """A row of the file that did not go in, with one reason."""

    line: int
    column: str
    code: str
    reason: str


@dataclass
class Report:
    """Counts of an import. `rows` are the file's, `fates` those of orders (or customers)."""

    file: str
    dry_run: bool
    rows: int = 0
    refused_rows: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    customers: set[int] = field(default_factory=set)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Refusal] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "refused_rows": self.refused_rows,
            **{fate.value: self.fates[fate.value] for fate in Fate if fate != Fate.REFUSED},
            # What a dry run creates is taken back, and its customers cannot be counted across portions.
            "customers": None if self.dry_run else len(self.customers),
            "reasons": dict(self.reasons.most_common()),
            "examples": [vars(refusal) for refusal in self.examples],
        }


class Refused:
    """Takes note of refused rows, and writes each into a CSV with its reason, if one is wanted."""

    def __init__(self, report: Report, columns: Columns, path: Path | None) -> None:
        self.report = report
        self.columns = columns
        self._file = path.open("w", encoding="utf-8-sig", newline="") if path else None
        self._writer = csv.writer(self._file) if self._file else None
        if self._writer:
            self._writer.writerow([_("line"), _("column"), _("code"), _("reason"), *map(harmless, columns.header)])

    def add(self, line: int, cells: Sequence[str], faults: Sequence[Fault]) -> None:
        """One row with everything that was wrong with it."""
        self.report.refused_rows += 1
        for fault in faults:
            refusal = Refusal(line, self.columns.name_of(fault.field), fault.code, fault_text(fault))
            self.report.reasons[fault.code] += 1
            if len(self.report.examples) < SHOWN:
                self.report.examples.append(refusal)
            if self._writer:
                told = [line, harmless(refusal.column), refusal.code, harmless(refusal.reason)]
                self._writer.writerow([*told, *map(harmless, cells)])

    def close(self) -> None:
        if self._file:
            self._file.close()


def harmless(cell: str) -> str:
    """The cell as a table program will show it and not run it."""
    return f"'{cell}" if cell.startswith(FORMULA) and not _is_number(cell) else cell


def _is_number(cell: str) -> bool:
    return cell[1:].replace(".", "", 1).replace(",", "", 1).isdigit()
