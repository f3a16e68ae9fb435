"""What customers did on the site, told by other systems: one event or a thousand."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from psycopg2.extras import execute_values

from core.models import User
from customers.actions.naming import named_customers
from customers.actions.outcomes import Outcome, refusal, repeats
from customers.actions.rows import next_ids
from customers.models import TimelineEvent
from customers.rules.events import EventData
from customers.rules.versions import Fate

_INSERT = """
    INSERT INTO customers_timelineevent (id, customer_id, kind, at, data, key) VALUES %s
    ON CONFLICT (key) WHERE key <> '' DO NOTHING RETURNING id"""
Row = tuple[int, int, str, datetime, str, str]


@transaction.atomic
def record_events(*, events: Sequence[EventData], user: User | None = None) -> list[Outcome]:
    """Append a batch to the timelines in one transaction; the outcome of each, in their order.

    An event whose key is known stays as it was first told. With `user`, customers that the user may not see
    are unknown.
    """
    outcomes = {
        place: refusal("key", "repeated_in_batch", first=first)
        for place, first in repeats([event.stored_key or None for event in events]).items()
    }
    customers = named_customers(names=[event.named for event in events], user=user)
    for place, customer_id in enumerate(customers):
        if customer_id is None:
            outcomes.setdefault(place, refusal("customer", "unknown_customer"))
    places = [place for place in range(len(events)) if place not in outcomes]
    rows = _rows([(events[place], customers[place] or 0) for place in places])
    written = _insert(list(rows))
    known = _known([row[-1] for row in rows if row[0] not in written])
    for place, row in zip(places, rows, strict=True):
        outcomes[place] = Outcome(Fate.CREATED, row[0], row[1]) if row[0] in written else known[row[-1]]
    return [outcomes[place] for place in range(len(events))]


def _rows(told: list[tuple[EventData, int]]) -> list[Row]:
    ids = next_ids({TimelineEvent: len(told)})[TimelineEvent]
    return [
        (id_, customer_id, event.kind, event.at, json.dumps(event.data), event.stored_key)
        for id_, (event, customer_id) in zip(ids, told, strict=True)
    ]


def _insert(rows: list[Row]) -> set[int]:
    """The ids of those that were not there yet."""
    if not rows:
        return set()
    # Sorted by key: two transactions that tell the same events wait for each other, not in a ring.
    rows.sort(key=lambda row: row[-1])
    with connection.cursor() as cursor:
        written = execute_values(cursor.cursor, _INSERT, rows, page_size=1000, fetch=True)
    return {id_ for (id_,) in written}


def _known(keys: list[str]) -> dict[str, Outcome]:
    if not keys:
        return {}
    rows = TimelineEvent.objects.filter(key__in=keys).values_list("key", "pk", "customer_id")
    return {key: Outcome(Fate.UNCHANGED, pk, customer_id) for key, pk, customer_id in rows}
