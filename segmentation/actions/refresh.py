"""The tick of the day: customers whose orders changed."""

from datetime import datetime

from django.db import connection

from core.periods import company_day
from segmentation.actions.locks import recomputing_if_free
from segmentation.actions.origins import settle_origins
from segmentation.actions.standings import conclude_customers
from segmentation.actions.statistics import recompute_statistics

_CLAIM = """
DELETE FROM customers_stalemark WHERE id IN (
    SELECT id FROM customers_stalemark ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
) RETURNING customer_id
"""


def refresh_stale(*, now: datetime, limit: int = 5000) -> int:
    """Recompute the customers of up to `limit` stale marks; returns how many customers.

    A mark is taken away and its customer's orders are read in one transaction, the reading after:
    a mark seen means orders seen, a mark committed later is found by the next tick, and a crash
    gives the marks back. While another recompute is under way it does nothing.
    """
    as_of = company_day(now)
    with recomputing_if_free() as free, connection.cursor() as cursor:
        if not free:
            return 0
        cursor.execute(_CLAIM, [limit])
        customer_ids = sorted({row[0] for row in cursor.fetchall()})
        if customer_ids:
            recompute_statistics(as_of=as_of, customer_ids=customer_ids)
            settle_origins(as_of=as_of, customer_ids=customer_ids)
            conclude_customers(as_of=as_of, now=now, customer_ids=customer_ids)
    return len(customer_ids)
