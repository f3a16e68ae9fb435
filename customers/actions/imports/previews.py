"""The first rows of a file as a mapping reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from customers.actions.imports.columns import Columns
from customers.actions.imports.kinds import ImportKind
from customers.actions.imports.mapping import Mapping
from customers.actions.imports.source import Table, open_columns
from customers.actions.imports.staging import Staged
from customers.actions.imports.units import Unit, units

ROWS = 20


@dataclass(frozen=True)
class PreviewRow:
    """A row: its cells, the values read from them by field, and what is wrong with which field."""

    line: int
    cells: list[str]
    values: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    header: list[str]
    rows: list[PreviewRow]


def preview_rows(path: Path, mapping: Mapping, kind: ImportKind, now: datetime) -> Preview:
    """Each row is read by itself, also where several make one order. Raises InvalidInput."""
    columns, rows = open_columns(path, mapping, kind, lambda _bytes: None)
    found = list(islice(rows, ROWS))
    return Preview(columns.header, [_row(columns, line, cells, now) for line, cells in found])


def _row(columns: Columns, line: int, cells: list[str], now: datetime) -> PreviewRow:
    single = Table(columns, 1, iter([Staged(line, columns.order_key(cells), cells, 1, line)]))
    unit: Unit = next(units(single, now))
    faults = [fault for _line, _cells, told in unit.refused for fault in told]
    return PreviewRow(
        line, cells, dict(_values(columns, cells)), [(fault.field, columns.kind.words(fault)) for fault in faults]
    )


def _values(columns: Columns, cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is read of each field that can be read."""
    if columns.mapping.order_id:
        yield "external_id", columns.order_key(cells)
    for name, value in columns.read_apart(cells):
        yield name, _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        at_midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%Y-%m-%d" if at_midnight else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)
