"""Importing customers: one a row, by the action that the API uses."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from customers.actions.imports.columns import Columns
from customers.actions.imports.mapping import Mapping
from customers.actions.imports.orders import PORTION, open_columns
from customers.actions.imports.reader import Progress
from customers.actions.imports.report import Refused, Report
from customers.actions.imports.staging import Staged, stage, staged
from customers.actions.people import record_customers
from customers.rules.faults import Faulty
from customers.rules.reading import read_customer
from customers.rules.records import CustomerData


def import_customers(
    *,
    path: Path,
    mapping: Mapping,
    now: datetime,
    dry_run: bool = False,
    refused_path: Path | None = None,
    read_progress: Progress = lambda _bytes: None,
    row_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Report:
    """Record the customers of a file; as `import_orders` in everything else."""
    report = Report(path.name, dry_run)
    columns, rows = open_columns(path, mapping, read_progress)
    report.rows = stage((line, "", cells) for line, cells in rows)
    refused = Refused(report, columns, refused_path)
    try:
        people = _people(staged(grouped=False), columns, refused)
        done = 0
        while portion := list(islice(people, PORTION)):
            _record(portion, report, now)
            done += len(portion)
            row_progress(done, report.rows)
    finally:
        refused.close()
    return report


def _people(rows: Iterable[Staged], columns: Columns, refused: Refused) -> Iterator[CustomerData]:
    for row in rows:
        try:
            yield read_customer(columns.customer_of(row.cells), columns.company)
        except Faulty as refusal:
            refused.add(row.line, row.cells, refusal.faults)


def _record(portion: list[CustomerData], report: Report, now: datetime) -> None:
    with transaction.atomic():
        results = record_customers(customers=portion, now=now)
        if report.dry_run:
            transaction.set_rollback(True)
    for result in results:
        report.fates[result.fate.value] += 1
        report.customers.add(result.customer_id)
