"""Marks that triggers leave for a tick: taken away a portion at a time, by as many ticks at once as there are."""

from typing import Any

from django.db import connection, models


def take_marks(*, model: type[models.Model], limit: int, oldest_by: str = "id") -> set[Any]:
    """Delete up to `limit` rows of a table of marks; returns the ids of the customers they named, None for everybody.

    Call it within a transaction, so that a crash gives them back. Rows that another tick is taking are left to it.
    """
    table = model._meta.db_table
    # An array is read once. `IN (SELECT ... LIMIT)` may be read anew for each row of a nested loop: it passes over what
    # it has just taken, goes on to the next, and takes more than the limit.
    claim = f"""
        DELETE FROM {table} WHERE id = ANY (ARRAY(
            SELECT id FROM {table} ORDER BY {oldest_by} LIMIT %s FOR UPDATE SKIP LOCKED
        )) RETURNING customer_id"""  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(claim, [limit])
        return {customer_id for (customer_id,) in cursor.fetchall()}
