"""Promises that other systems tell of: one or a thousand, in the same number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from core.models import User
from customers.actions.locks import lock_identities
from customers.actions.naming import named_customers, visible
from customers.actions.obligations import event_of
from customers.actions.outcomes import Outcome, refusal, repeats
from customers.actions.timeline import add_events
from customers.models import Obligation, ObligationState
from customers.rules.obligations import ObligationData, outcome_of, state_after
from customers.rules.versions import Fate

_ORDERS = """
    SELECT o.source, o.external_id, o.id, o.customer_id FROM unnest(%s::text[], %s::text[]) k(a, b)
    JOIN customers_order o ON o.source = k.a AND o.external_id = k.b"""
_STORED = """
    SELECT o.source, o.external_id, o.id FROM unnest(%s::text[], %s::text[]) k(a, b)
    JOIN customers_obligation o ON o.source = k.a AND o.external_id = k.b AND o.external_id <> ''"""
CHANGED = ("customer", "order", "kind", "what", "due_on", "owner", "state", "closed_on", "note", "updated_at")
Ref = tuple[str, str]


@dataclass(slots=True, eq=False)
class Entry:
    """One promise on its way into the base. `refused` stays None while it can be written."""

    data: ObligationData
    refused: Outcome | None = None
    customer_id: int | None = None
    order_id: int | None = None
    owner_id: int | None = None
    row: Obligation | None = None
    fate: Fate = Fate.UNCHANGED
    state_is_news: bool = False

    @property
    def key(self) -> Ref | None:
        return (self.data.source, self.data.external_id) if self.data.external_id else None


@transaction.atomic
def record_obligations(
    *, obligations: Sequence[ObligationData], now: datetime, user: User | None = None
) -> list[Outcome]:
    """Record a batch in one transaction; the outcome of each, in their order.

    Idempotent on (source, external id): told again, what is told goes over what is stored, and an order, an
    owner, a text or a note that is not told stays. Writes promises and timeline events. A refused one leaves
    the others alone. With `user`, customers that the user may not see are unknown.
    """
    entries = [Entry(data) for data in obligations]
    for place, first in repeats([entry.key for entry in entries]).items():
        entries[place].refused = refusal("external_id", "repeated_in_batch", first=first)
    lock_identities("obligation\0{}\0{}".format(*entry.key) for entry in entries if entry.key)
    _resolve(_open(entries), user)
    _write(_open(entries), user, now)
    return [entry.refused or _outcome(entry) for entry in entries]


def _open(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.refused is None]


def _resolve(entries: list[Entry], user: User | None) -> None:
    """Find the orders, customers and people that are named, and the promises that are there already."""
    orders = _found(_ORDERS, {entry.data.order for entry in entries if entry.data.order})
    seen = visible({customer_id for _id, customer_id in orders.values()}, user)
    names = [entry.data.named for entry in entries if entry.data.named]
    customers = iter(named_customers(names=names, user=user))
    owners = _people({entry.data.owner for entry in entries if entry.data.owner})
    stored = _stored([entry.key for entry in entries if entry.key])
    for entry in entries:
        order = orders.get(entry.data.order) if entry.data.order else None
        order = order if order and order[1] in seen else None
        if order is not None:
            entry.order_id, entry.customer_id = order
        if entry.data.named:
            entry.customer_id = next(customers)
        entry.owner_id = owners.get(entry.data.owner)
        entry.refused = _objection(entry, order)
        entry.row = stored.get(entry.key) if entry.key else None


def _objection(entry: Entry, order: tuple[int, ...] | None) -> Outcome | None:
    data = entry.data
    if data.order and order is None:
        return refusal("order", "unknown_order", value=":".join(data.order)[:60])
    if entry.customer_id is None:
        return refusal("customer", "unknown_customer")
    if order is not None and order[1] != entry.customer_id:
        return refusal("order", "order_of_another")
    if data.owner and entry.owner_id is None:
        return refusal("owner", "unknown_person", value=data.owner)
    return None


def _found(statement: str, keys: Iterable[Ref]) -> dict[Ref, tuple[int, ...]]:
    keys = set(keys)
    if not keys:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*keys, strict=True)])
        return {(source, external_id): tuple(rest) for source, external_id, *rest in cursor.fetchall()}


def _people(emails: set[str]) -> dict[str, int]:
    if not emails:
        return {}
    return dict(User.objects.filter(email__in=emails, is_active=True).values_list("email", "pk"))


def _stored(keys: Iterable[Ref]) -> dict[Ref, Obligation]:
    ids = {key: row[0] for key, row in _found(_STORED, keys).items()}
    rows = Obligation.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(list(ids.values()))
    return {key: rows[id_] for key, id_ in ids.items() if id_ in rows}


def _write(entries: list[Entry], user: User | None, now: datetime) -> None:
    for entry in entries:
        _fill(entry, user, now)
    rows = {fate: [e.row for e in entries if e.row and e.fate == fate] for fate in (Fate.CREATED, Fate.UPDATED)}
    Obligation.objects.bulk_create(rows[Fate.CREATED])
    Obligation.objects.bulk_update(rows[Fate.UPDATED], CHANGED)
    events = [event_of(entry.row, now) for entry in entries if entry.row and entry.state_is_news]
    add_events(events=[event for event in events if event])


def _fill(entry: Entry, user: User | None, now: datetime) -> None:
    """Lay what is told into the row: a new one, or the one that is stored."""
    told = _told(entry)
    if entry.row is None:
        entry.fate, entry.state_is_news = Fate.CREATED, True
        data = entry.data
        entry.row = Obligation(source=data.source, external_id=data.external_id, created_by=user, **told)
        return
    changed = {name: value for name, value in told.items() if getattr(entry.row, name) != value}
    entry.state_is_news = "state" in changed
    entry.fate = Fate.UPDATED if changed else Fate.UNCHANGED
    for name, value in changed.items():
        setattr(entry.row, name, value)
    entry.row.updated_at = now


def _told(entry: Entry) -> dict[str, Any]:
    data = entry.data
    state, closed_on = _state(entry)
    always = {
        "customer_id": entry.customer_id,
        "kind": data.kind,
        "due_on": data.due_on,
        "state": state,
        "closed_on": closed_on,
    }
    if_told = {"order_id": entry.order_id, "owner_id": entry.owner_id, "what": data.what, "note": data.note}
    return always | {name: value for name, value in if_told.items() if value}


def _state(entry: Entry) -> tuple[str, date | None]:
    """The state and its day. One that is not told stays, but a new due day may make it late, or in time."""
    state, closed_on = entry.data.state, entry.data.closed_on
    if not state and entry.row is not None:
        state, closed_on = outcome_of(entry.row.state), entry.row.closed_on
    if closed_on is None:
        return ObligationState.OPEN.value, None
    return state_after(state, entry.data.due_on, closed_on), closed_on


def _outcome(entry: Entry) -> Outcome:
    return Outcome(entry.fate, entry.row.pk if entry.row else None, entry.customer_id)
