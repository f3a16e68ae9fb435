"""Importing orders: read, stage, and record in portions by the same action that the API uses.

A portion is one transaction. Recording is idempotent: an import that was cut short is simply run again.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from customers.actions.company import company
from customers.actions.imports.columns import Columns
from customers.actions.imports.mapping import Mapping
from customers.actions.imports.reader import Progress, read_table
from customers.actions.imports.report import Refused, Report
from customers.actions.imports.staging import Staged, stage, staged
from customers.actions.orders import record_orders
from customers.rules.faults import Fault, Faulty
from customers.rules.reading import read_order
from customers.rules.records import OrderData
from customers.rules.versions import Fate

# Small enough that an order pushed through the API meanwhile does not wait for long.
PORTION = 2000


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order read from the file, with the rows it was read from."""

    order: OrderData
    rows: list[Staged]


def import_orders(
    *,
    path: Path,
    mapping: Mapping,
    now: datetime,
    dry_run: bool = False,
    refused_path: Path | None = None,
    read_progress: Progress = lambda _bytes: None,
    row_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Record the orders of a file; what cannot be taken is refused row by row, and the rest goes in.

    Raises InvalidInput if the file as a whole cannot be read by the mapping. `dry_run` does the same work
    and takes it back. Progress is told in bytes while reading, then in rows (done, all).
    """
    report = Report(path.name, dry_run)
    columns, rows = open_columns(path, mapping, read_progress)
    report.rows = stage((line, columns.order_key(cells), cells) for line, cells in rows)
    refused = Refused(report, columns, refused_path)
    try:
        candidates = _candidates(columns, refused, now)
        done = 0
        for portion in _portions(candidates):
            _record(portion, report, refused, now)
            done += sum(len(candidate.rows) for candidate in portion)
            row_progress(done, report.rows)
    finally:
        refused.close()
    return report


def open_columns(path: Path, mapping: Mapping, progress: Progress) -> tuple[Columns, Iterator[tuple[int, list[str]]]]:
    """The columns of a file, and its rows without the header."""
    rows = read_table(path, mapping, progress)
    if mapping.columns:
        return Columns(mapping, mapping.columns, company()), rows
    first = next(rows, None)
    if first is None:
        raise InvalidInput(_("%(file)s is empty.") % {"file": path.name})
    return Columns(mapping, first[1], company()), rows


def _portions(candidates: Iterable[Candidate]) -> Iterator[list[Candidate]]:
    portion: list[Candidate] = []
    for candidate in candidates:
        portion.append(candidate)
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def _record(portion: list[Candidate], report: Report, refused: Refused, now: datetime) -> None:
    with transaction.atomic():
        results = record_orders(orders=[candidate.order for candidate in portion], now=now)
        if report.dry_run:
            transaction.set_rollback(True)
    for candidate, result in zip(portion, results, strict=True):
        report.fates[result.fate.value] += 1
        if result.fate == Fate.REFUSED:
            for row in candidate.rows:
                refused.add(row.line, row.cells, [_in_file(fault) for fault in result.faults])
        elif result.customer_id is not None:
            report.customers.add(result.customer_id)


def _candidates(columns: Columns, refused: Refused, now: datetime) -> Iterator[Candidate]:
    if columns.mapping.level == "order":
        for row in staged(grouped=False):
            yield from _single(row, columns, refused, now)
    else:
        for _key, rows in groupby(staged(grouped=True), key=lambda row: row.first):
            yield from _grouped(list(rows), columns, refused, now)


def _single(row: Staged, columns: Columns, refused: Refused, now: datetime) -> Iterator[Candidate]:
    numbered = columns.mapping.number_repeats
    try:
        if row.nth > 1 and not numbered:
            raise Faulty([Fault("external_id", "duplicate_in_file", {"line": row.first})])
        payload = columns.header_of(row.cells, f"{row.key}-{row.nth}" if numbered and row.key else row.key)
        line = columns.line_of(row.cells)
        if line:
            payload["lines"] = [line]
        yield Candidate(read_order(payload, columns.company, now), [row])
    except Faulty as refusal:
        refused.add(row.line, row.cells, [_in_file(fault) for fault in refusal.faults])


def _grouped(rows: list[Staged], columns: Columns, refused: Refused, now: datetime) -> Iterator[Candidate]:
    """One order of many lines: what is told of the order itself is read from the first that can be read."""
    lines = []
    for row in rows:
        try:
            lines.append((row, columns.line_of(row.cells)))
        except Faulty as refusal:
            refused.add(row.line, row.cells, refusal.faults)
    lines = list(_same_customer(lines, columns, refused))
    while lines:
        try:
            payload = columns.header_of(lines[0][0].cells, lines[0][0].key)
            payload["lines"] = [line for _row, line in lines]
            yield Candidate(read_order(payload, columns.company, now), [row for row, _line in lines])
            return
        except Faulty as refusal:
            lines = _without(lines, refusal.faults, refused)


Lines = list[tuple[Staged, dict]]


def _same_customer(lines: Lines, columns: Columns, refused: Refused) -> Iterator[tuple[Staged, dict]]:
    for row, line in lines:
        if columns.identity_of(row.cells) == columns.identity_of(lines[0][0].cells):
            yield row, line
        else:
            refused.add(row.line, row.cells, [Fault("customer.external_id", "other_customer")])


def _without(lines: Lines, faults: Iterable[Fault], refused: Refused) -> Lines:
    """The lines that can stay: a mistake in the order itself refuses them all."""
    wrong: dict[int, list[Fault]] = {}
    for fault in faults:
        name, _dot, rest = fault.field.partition(".")
        places = [int(rest.partition(".")[0])] if name == "lines" and rest else range(len(lines))
        for place in places:
            wrong.setdefault(place, []).append(_in_file(fault))
    for place in wrong:
        refused.add(lines[place][0].line, lines[place][0].cells, wrong[place])
    return [line for place, line in enumerate(lines) if place not in wrong]


def _in_file(fault: Fault) -> Fault:
    """The fault under the name that the mapping knows: lines.3.quantity is line.quantity."""
    name, _dot, rest = fault.field.partition(".")
    field = f"line.{rest.partition('.')[2]}" if name == "lines" and rest else fault.field
    return Fault(field, fault.code, fault.params)
