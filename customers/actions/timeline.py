"""The timeline, and the marks that statistics are stale."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from customers.actions.rows import Writes, insert_rows
from customers.models import StaleMark, TimelineEvent

_MARK_CHANGED = """
    INSERT INTO customers_stalemark (customer_id, at)
    SELECT DISTINCT c.customer_id, %(at)s FROM core_change c
    JOIN customers_customer x ON x.id = c.customer_id
    WHERE c.change_set_id = %(set)s AND c.table_name IN ('customers_order', 'customers_customer')"""

# (customer id, kind, time, data)
Event = tuple[int, str, datetime, dict[str, Any]]


def add_event(*, customer_id: int, kind: str, at: datetime, data: dict[str, Any] | None = None) -> None:
    """Append one fact to a customer's timeline."""
    add_events(events=[(customer_id, kind, at, data or {})])


def add_events(*, events: Sequence[Event], into: Writes | None = None) -> None:
    """Append facts to the timelines of many customers; `into` gathers them to be written with others."""
    rows = [(customer_id, str(kind), at, json.dumps(data)) for customer_id, kind, at, data in events]
    insert_rows(TimelineEvent, ("customer_id", "kind", "at", "data"), rows, into=into)


def mark_stale(*, customer_ids: Collection[int], at: datetime | None = None, into: Writes | None = None) -> None:
    """Tell the apps above to compute these statistics again. `at` defaults to the database's clock."""
    marks = [(customer_id, at or "now") for customer_id in sorted(set(customer_ids))]
    insert_rows(StaleMark, ("customer_id", "at"), marks, into=into)


def mark_stale_by_change(*, change_set_id: int, at: datetime) -> int:
    """Have the statistics computed again of whoever is left and had orders changed, added or taken away by a set."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK_CHANGED, {"set": change_set_id, "at": at})
        return cursor.rowcount
