"""Files that were brought in."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.utils import timezone

from core.models import User
from customers.actions.imports import run_due, start, upload
from customers.models import ImportJob

HEADER = ("Order", "Date", "Phone", "Name", "Sum")
FIELDS = {
    "external_id": "Order",
    "placed_at": "Date",
    "customer.phone": "Phone",
    "customer.name": "Name",
    "total": "Sum",
}
MAPPING = {"source": "till", "fields": {field: [column] for field, column in FIELDS.items()}}
GOOD = ("A-1", "2026-01-31", "+79123456701", "Anna", "100.50")
BAD = ("A-2", "2026-01-31", "+79123456702", "Boris", "dear")


def table(rows: Iterable[Sequence[str]], header: Sequence[str] = HEADER, separator: str = ";") -> str:
    """A CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([header, *rows])
    return text.getvalue()


def uploaded(by: User, rows: Iterable[Sequence[str]] = (GOOD, BAD), name: str = "orders.csv") -> ImportJob:
    """A file of orders that waits to be set up."""
    content = table(rows).encode()
    return upload(by=by, kind="orders", name=name, chunks=[content], at=timezone.now())


def imported(by: User, rows: Iterable[Sequence[str]] = (GOOD, BAD), *, dry_run: bool = False) -> ImportJob:
    """A file of orders, worked off."""
    job = uploaded(by, rows)
    start(job=job, mapping=MAPPING, mode="both", key="", dry_run=dry_run, at=timezone.now())
    run_due(now=timezone.now())
    job.refresh_from_db()
    return job


def imports_of(by: User) -> dict[str, int]:
    """An import that refused a row, a trial, and a file that waits, by the words that routes use."""
    return {"import": imported(by, [BAD]).pk, "trial": imported(by, [BAD], dry_run=True).pk, "upload": uploaded(by).pk}
