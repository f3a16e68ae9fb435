"""What known customers looked at: into their timelines, once, and not for ever."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from psycopg2.extras import execute_values

from customers.models import TimelineEvent
from webforms.models import Site
from webforms.queries.visitors import customer_of
from webforms.rules.visits import KINDS, Visit

MOST_A_DAY = 300
KEPT_FOR = timedelta(days=180)
PORTION = 10_000
_INSERT = """
    INSERT INTO customers_timelineevent (customer_id, kind, at, data, key) VALUES %s
    ON CONFLICT (key) WHERE key <> '' DO NOTHING RETURNING id"""
_FORGET = """
    DELETE FROM customers_timelineevent WHERE id IN (
        SELECT id FROM customers_timelineevent WHERE kind = ANY (%s) AND at < %s LIMIT %s)"""


@transaction.atomic
def record_visits(*, site: Site, token: str, visits: Sequence[Visit], now: datetime) -> int | None:
    """Append what a visitor did, each event once and at most a few hundred a day; returns how many are new.

    None: the token means nobody.
    """
    customer_id = customer_of(token)
    if customer_id is None:
        return None
    kinds = list(KINDS.values())
    today = TimelineEvent.objects.filter(customer_id=customer_id, kind__in=kinds, at__gte=now - timedelta(days=1))
    room = MOST_A_DAY - today.count()
    rows = [
        (
            customer_id,
            visit.kind,
            visit.at,
            json.dumps({"site": site.name, **visit.data}),
            f"visit:{customer_id}:{visit.id}",
        )
        for visit in visits[: max(room, 0)]
    ]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        return len(execute_values(cursor.cursor, _INSERT, rows, fetch=True))


def forget_visits(*, now: datetime) -> int:
    """Delete visits older than they are kept, a portion at a time; returns how many."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_FORGET, [list(KINDS.values()), now - KEPT_FOR, PORTION])
            total += cursor.rowcount
            if cursor.rowcount < PORTION:
                return total
