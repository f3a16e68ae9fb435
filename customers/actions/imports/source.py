"""The rows of a file in the order in which they are recorded, each told whether its key stood there before."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from customers.actions.company import company
from customers.actions.imports.columns import Columns
from customers.actions.imports.kinds import ImportKind
from customers.actions.imports.mapping import Mapping
from customers.actions.imports.reader import SHEETS, Progress, Row, read_table
from customers.actions.imports.report import as_typed
from customers.actions.imports.staging import Staged, stage, staged


@dataclass(frozen=True)
class Table:
    """A file opened by a mapping. `total` rows without the header; `is_staged` ones lie in the database."""

    columns: Columns
    total: int
    rows: Iterator[Staged]
    is_grouped: bool = False
    is_staged: bool = False


def open_columns(
    path: Path, mapping: Mapping, kind: ImportKind, progress: Progress, *, was_exported: bool = False
) -> tuple[Columns, Iterator[Row]]:
    """The columns of a file, and its rows without the header. Raises InvalidInput."""
    rows = read_table(path, mapping, progress)
    if was_exported:
        rows = ((line, [as_typed(cell) for cell in cells]) for line, cells in rows)
    if mapping.columns:
        return Columns(mapping, mapping.columns, company(), kind), rows
    first = next(rows, None)
    if first is None:
        raise InvalidInput(_("%(file)s is empty.") % {"file": path.name})
    if mapping.has_header:
        return Columns(mapping, first[1], company(), kind), rows
    header = [""] * len(first[1])
    return Columns(mapping, header, company(), kind), _with(first, rows)


def _with(first: Row, rows: Iterable[Row]) -> Iterator[Row]:
    yield first
    yield from rows


def open_table(
    path: Path, mapping: Mapping, kind: ImportKind, progress: Progress, *, skip: int = 0, was_exported: bool = False
) -> Table:
    """The rows from the `skip`-th on, in an order that is the same each time. Raises InvalidInput.

    Where rows tell one object together, or repeat its key on purpose, the database sorts them. A sheet is unpacked
    once, and laid down there too. Any other CSV is read twice: for what repeats in it, and for its rows.
    """
    columns, rows = open_columns(path, mapping, kind, progress, was_exported=was_exported)
    is_grouped = mapping.level == "line"
    if is_grouped or mapping.number_repeats or path.suffix.lower() in SHEETS:
        total = stage((line, columns.order_key(cells), cells) for line, cells in rows)
        return Table(columns, total, islice(staged(grouped=is_grouped), skip, None), is_grouped, is_staged=True)
    total, repeated = _counted(columns, rows)
    _columns, rows = open_columns(path, mapping, kind, lambda _bytes: None, was_exported=was_exported)
    return Table(columns, total, islice(_numbered(columns, rows, repeated), skip, None))


def _counted(columns: Columns, rows: Iterable[Row]) -> tuple[int, frozenset[int]]:
    """How many rows there are, and the hashes of keys that (all but certainly) repeat."""
    if not columns.id_cells:
        return sum(1 for _row in rows), frozenset()
    keys = array("q", (hash(columns.order_key(cells)) for _line, cells in rows))
    return len(keys), _repeated(keys)


def _numbered(columns: Columns, rows: Iterable[Row], repeated: frozenset[int]) -> Iterator[Staged]:
    """Only keys that may repeat are remembered, so that a file of millions of orders costs no memory."""
    seen: dict[str, tuple[int, int]] = {}
    for line, cells in rows:
        key = columns.order_key(cells)
        if repeated and hash(key) in repeated:
            first, nth = seen.get(key, (line, 0))
            seen[key] = first, nth + 1
            yield Staged(line, key, cells, nth + 1, first)
        else:
            yield Staged(line, key, cells, 1, line)


def _repeated(keys: "array[int]") -> frozenset[int]:
    in_order = np.sort(np.frombuffer(keys, dtype=np.int64)) if keys else np.empty(0, dtype=np.int64)
    return frozenset(in_order[1:][in_order[1:] == in_order[:-1]].tolist())
