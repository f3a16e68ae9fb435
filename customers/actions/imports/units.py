"""From rows to objects that can be recorded, each with the rows it was read from and those that it lost."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from customers.actions.imports.columns import Columns
from customers.actions.imports.kinds import Reader
from customers.actions.imports.source import Table
from customers.actions.imports.staging import Staged
from customers.rules.faults import Fault, Faulty

Refusals = list[tuple[int, Sequence[str], Sequence[Fault]]]


@dataclass(slots=True)
class Unit:
    """The next rows of a file. `data` is None if nothing of them can be recorded."""

    size: int
    data: Any = None
    rows: Sequence[Staged] = ()
    refused: Refusals = field(default_factory=list)

    def refusals(self, faults: Iterable[Fault]) -> Refusals:
        """The rows, refused after all: what was read of them cannot be recorded."""
        told = [_in_file(fault) for fault in faults]
        return [(row.line, row.cells, told) for row in self.rows]


def units(table: Table, now: datetime) -> Iterator[Unit]:
    """Every row of the table, in one unit each, or together with those of its order."""
    read = table.columns.kind.reader(table.columns.company, now)
    if not table.is_grouped:
        return (_single(row, table.columns, read) for row in table.rows)
    groups = groupby(table.rows, key=lambda row: row.first)
    return (_grouped(list(rows), table.columns, read) for _first, rows in groups)


def _single(row: Staged, columns: Columns, read: Reader) -> Unit:
    mapping = columns.mapping
    try:
        if row.nth > 1 and mapping.order_id and not mapping.number_repeats:
            raise Faulty([Fault("external_id", "duplicate_in_file", {"line": row.first})])
        numbered = mapping.number_repeats and row.key
        payload = columns.object_of(row.cells, f"{row.key}-{row.nth}" if numbered else row.key)
        if columns.of_lines and (line := columns.line_of(row.cells)):
            payload["lines"] = [line]
        return Unit(1, read(payload), (row,))
    except Faulty as refusal:
        return Unit(1, refused=[(row.line, row.cells, [_in_file(fault) for fault in refusal.faults])])


def _grouped(rows: list[Staged], columns: Columns, read: Reader) -> Unit:
    """One order of many lines: what is told of the order itself is read from the first that can be read."""
    unit = Unit(len(rows))
    lines: Lines = []
    for row in rows:
        try:
            lines.append((row, columns.line_of(row.cells)))
        except Faulty as refusal:
            unit.refused.append((row.line, row.cells, refusal.faults))
    lines = list(_same_customer(lines, columns, unit.refused))
    while lines:
        try:
            payload = columns.object_of(lines[0][0].cells, lines[0][0].key)
            payload["lines"] = [line for _row, line in lines]
            unit.data = read(payload)
            unit.rows = [row for row, _line in lines]
            break
        except Faulty as refusal:
            lines = _without(lines, refusal.faults, unit.refused)
    return unit


Lines = list[tuple[Staged, dict[str, Any]]]


def _same_customer(lines: Lines, columns: Columns, refused: Refusals) -> Iterator[tuple[Staged, dict[str, Any]]]:
    for row, line in lines:
        if columns.identity_of(row.cells) == columns.identity_of(lines[0][0].cells):
            yield row, line
        else:
            refused.append((row.line, row.cells, [Fault("customer.external_id", "other_customer")]))


def _without(lines: Lines, faults: Iterable[Fault], refused: Refusals) -> Lines:
    """The lines that can stay: a mistake in the order itself refuses them all."""
    wrong: dict[int, list[Fault]] = {}
    for fault in faults:
        name, _dot, rest = fault.field.partition(".")
        places = [int(rest.partition(".")[0])] if name == "lines" and rest else range(len(lines))
        for place in places:
            wrong.setdefault(place, []).append(_in_file(fault))
    refused += [(lines[place][0].line, lines[place][0].cells, wrong[place]) for place in wrong]
    return [line for place, line in enumerate(lines) if place not in wrong]


# Lists of the API, and the field of a mapping from which their items come.
_ITEMS = {"lines": "line.", "addresses": "address.", "people": "person.", "consents": "consent.", "tags": "tags"}
_ITEM = re.compile(r"(customer\.)?(lines|addresses|people|consents|tags|contacts)\.\d+\.?(.*)")


def _in_file(fault: Fault) -> Fault:
    """The fault under the name that the mapping knows: lines.3.quantity is line.quantity."""
    found = _ITEM.fullmatch(fault.field)
    if found is None:
        return fault
    before, name, rest = found[1] or "", found[2], found[3]
    field = fault.code.removeprefix("bad_") if name == "contacts" else _ITEMS[name] + rest
    return Fault(before + field, fault.code, fault.params)
