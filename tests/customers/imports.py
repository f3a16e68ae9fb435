"""Imports as the browser and the worker make them, and the base compared before and after."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import connection

from customers.actions import imports
from customers.models import ImportJob
from tests.factories.core import ManagerFactory

NOW = datetime(2026, 2, 1, 9, tzinfo=UTC)
# The record of what was done, which is not what was done; and what is computed again.
NOT_COMPARED = {
    "core_change", "core_changeset", "core_user", "customers_importjob", "customers_stalemark",
    "customers_duplicatedue", "customers_duplicatekey", "django_content_type", "auth_permission",
}  # fmt: skip

ORDERS = {
    "source": "till",
    "file": {},
    "fields": {
        "external_id": "id",
        "placed_at": "date",
        "total": "sum",
        "customer.external_id": "card",
        "customer.phone": "phone",
        "customer.name": "name",
    },
    "constants": {"status": "fulfilled"},
}
HEADER = "id,date,sum,card,phone,name"


def order_rows(numbers, *, amount="100", cards=50) -> list[str]:
    """Rows of orders by some customers, each with a phone."""
    return [f"{n},2026-01-{1 + n % 28:02},{amount},c{n % cards},+7912{n % cards:07},Name {n % cards}" for n in numbers]


def upload(text: str | bytes, kind: str = "orders", *, by=None, name: str = "orders.csv") -> ImportJob:
    data = text if isinstance(text, bytes) else text.encode()
    return imports.upload(by=by or ManagerFactory(), kind=kind, name=name, chunks=[data], at=NOW)


def brought(
    rows: list[str] | str | bytes,
    mapping: dict[str, Any] | None = None,
    kind: str = "orders",
    *,
    header: str = HEADER,
    **options,
) -> ImportJob:
    """A file uploaded, started and worked off."""
    text = "\n".join([header, *rows]) if isinstance(rows, list) else rows
    job = upload(text, kind, by=options.pop("by", None), name=options.pop("name", "orders.csv"))
    return worked_off(started(job, mapping, **options))


def started(job, mapping=None, *, mode="both", key="", dry_run=False):
    return imports.start(job=job, mapping=mapping or ORDERS, mode=mode, key=key, dry_run=dry_run, at=NOW)


def worked_off(job: ImportJob, now: datetime = NOW) -> ImportJob:
    assert imports.run_due(now=now) == 1
    job.refresh_from_db()
    assert job.state != "failed", job.error
    return job


def undone(job: ImportJob, now: datetime = NOW + timedelta(hours=1)) -> ImportJob:
    imports.undo_import(job=job, by=job.by, at=now)
    return worked_off(job, now)


def base() -> dict[str, list[Any]]:
    """Every row of every table but those of NOT_COMPARED."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            if table not in NOT_COMPARED and model._meta.managed:
                cursor.execute(f'SELECT to_jsonb(x)::text FROM "{table}" x ORDER BY 1')
                found[table] = [row for (row,) in cursor.fetchall()]
    return found
