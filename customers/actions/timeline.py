"""The timeline, and the marks that statistics are stale."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from customers.actions.rows import Writes, insert_rows
from customers.models import StaleMark, TimelineEvent

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
    marked = str(at or "now")
    marks = [(customer_id, marked) for customer_id in sorted(set(customer_ids))]
    insert_rows(StaleMark, ("customer_id", "at"), marks, into=into)
