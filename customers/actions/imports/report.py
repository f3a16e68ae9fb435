"""What an import did, and the rows that it could not take."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.exports import harmless
from customers.actions.imports.columns import Columns
from customers.rules.faults import Fault

SHOWN = 20
FATES = ("created", "updated", "unchanged", "outdated")
# The columns that stand before those of the file in a file of refused rows.
NOTES = ("line", "column", "code", "reason")


@dataclass(frozen=True)
class Refusal:
    """A row of the file that did not go in, with one reason."""

    line: int
    column: str
    code: str
    reason: str


@dataclass
class Report:
    """Counts of an import.

    `fates` are those of orders (or customers, or whatever the kind's rows tell); `refused` and `rows` count rows of
    the file; `skipped` objects that the mode left alone. `refused_bytes` is the size of the file of refused rows.
    `interruptions` are the rows at which the import went on after its process died.
    """

    file: str
    dry_run: bool
    rows: int = 0
    refused: int = 0
    skipped: int = 0
    fates: Counter[str] = field(default_factory=Counter)
    new_customers: int = 0
    known_customers: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    skipped_reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Refusal] = field(default_factory=list)
    refused_bytes: int = 0
    seconds: float = 0.0
    interruptions: list[int] = field(default_factory=list)

    def copy(self) -> "Report":
        return deepcopy(self)

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "rows": self.rows,
            **{fate: self.fates[fate] for fate in FATES},
            "skipped": self.skipped,
            "refused": self.refused,
            "customers": {"new": self.new_customers, "known": self.known_customers},
            "reasons": dict(self.reasons.most_common()),
            "skipped_reasons": dict(self.skipped_reasons.most_common()),
            "examples": [vars(refusal) for refusal in self.examples],
            "refused_bytes": self.refused_bytes,
            "seconds": round(self.seconds, 2),
            "interruptions": self.interruptions,
        }

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "Report":
        """The report that `as_dict` gave."""
        return cls(
            file=told["file"],
            dry_run=told["dry_run"],
            rows=told["rows"],
            refused=told["refused"],
            skipped=told["skipped"],
            fates=Counter({fate: told[fate] for fate in FATES if told[fate]}),
            new_customers=told["customers"]["new"],
            known_customers=told["customers"]["known"],
            reasons=Counter(told["reasons"]),
            skipped_reasons=Counter(told["skipped_reasons"]),
            examples=[Refusal(**refusal) for refusal in told["examples"]],
            refused_bytes=told["refused_bytes"],
            seconds=told["seconds"],
            interruptions=list(told["interruptions"]),
        )


class Refused:
    """Writes refused rows with their reasons into a CSV, if one is wanted, and takes note of them in a report.

    The file may be cut back to where a report stood: what a portion wrote counts when the portion is committed.
    """

    def __init__(self, columns: Columns, path: Path | None) -> None:
        self.columns = columns
        self._file = path.open("a+b") if path else None

    def cut_to(self, report: Report) -> None:
        """Forget what was written after the report stood as it stands."""
        if self._file:
            self._file.truncate(report.refused_bytes)
            if not report.refused_bytes:
                header = [*map(_, NOTES), *map(harmless, self.columns.header)]
                report.refused_bytes = self._write("\ufeff", [header])

    def add(self, report: Report, rows: Sequence[tuple[int, Sequence[str], Sequence[Fault]]]) -> None:
        """Rows (line, cells, faults) with everything that was wrong with each."""
        if not rows:
            return
        report.refused += len(rows)
        lines = []
        for line, cells, faults in rows:
            refusals = [
                Refusal(line, self.columns.name_of(f.field), f.code, self.columns.kind.words(f)) for f in faults
            ]
            report.reasons.update(refusal.code for refusal in refusals)
            report.examples += refusals[: max(0, SHOWN - len(report.examples))]
            told = [line, *(" | ".join(dict.fromkeys(values)) for values in _columns(refusals))]
            lines.append([*map(harmless, map(str, told)), *map(harmless, cells)])
        report.refused_bytes = self._write("", lines)

    def _write(self, start: str, rows: Sequence[Sequence[Any]]) -> int:
        if not self._file:
            return 0
        text = io.StringIO()
        text.write(start)
        csv.writer(text).writerows(rows)
        self._file.write(text.getvalue().encode("utf-8", "surrogatepass"))
        self._file.flush()
        return self._file.tell()

    def close(self) -> None:
        if self._file:
            self._file.close()


def _columns(refusals: Sequence[Refusal]) -> tuple[list[str], list[str], list[str]]:
    return [r.column for r in refusals], [r.code for r in refusals], [r.reason for r in refusals]


def as_typed(cell: str) -> str:
    """The cell as it was before it was made harmless."""
    return cell[1:] if cell[:1] == "'" and harmless(cell[1:]) == cell else cell
