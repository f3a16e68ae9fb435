"""Overdue promises become tasks of those who answer for them; a promise that is closed closes its task."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from touches.models import Task, TaskKind, TaskState

# The key is what makes it one task per promise, whoever looks at once; a task closed by hand is not opened again.
_OPEN = """
    INSERT INTO touches_task (customer_id, owner_id, kind, key, note, due_on, state, created_at)
    SELECT o.customer_id, coalesce(o.owner_id, c.owner_id), %(kind)s, 'promise-' || o.id, o.what, o.due_on,
           'open', %(at)s
    FROM customers_obligation o JOIN customers_customer c ON c.id = o.customer_id
    WHERE o.state = 'open' AND o.due_on < %(today)s
      AND NOT EXISTS (SELECT FROM touches_task t WHERE t.key = 'promise-' || o.id)
    ON CONFLICT (key) DO NOTHING"""
_CLOSE = """
    SELECT t.id FROM touches_task t
    LEFT JOIN customers_obligation o ON 'promise-' || o.id = t.key
    WHERE t.kind = %(kind)s AND t.state = 'open' AND (o.id IS NULL OR o.state <> 'open' OR o.due_on >= %(today)s)"""


@transaction.atomic
def follow_promises(*, today: date, at: datetime) -> tuple[int, int]:
    """Open tasks for promises that became overdue, close those of promises that are not; returns both numbers.

    A promise that was moved to a later day and missed again opens its task again; a task that somebody closed
    while the promise was still open is not opened a second time.
    """
    params: dict[str, Any] = {"kind": TaskKind.PROMISE.value, "today": today, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, params)
        settled = [pk for (pk,) in cursor.fetchall()]
        closed = Task.objects.filter(pk__in=settled).update(state=TaskState.DONE, closed_at=at, key=None)
        cursor.execute(_OPEN, params)
        return cursor.rowcount, closed
