"""The rows that an order leaves: itself, its lines, its events."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from core.money import from_minor
from core.periods import company_day
from customers.actions.matching import Party
from customers.actions.rows import Writes, insert_rows, update_rows
from customers.actions.timeline import Event
from customers.models import EventKind, Order, OrderLine
from customers.rules.arithmetic import PricedOrder
from customers.rules.faults import Fault
from customers.rules.records import OrderData
from customers.rules.versions import Fate, version_of

COLUMNS = (
    "customer_id", "number", "version", "content_digest", "status", "placed_at", "placed_on", "fulfilled_at",
    "currency", "rate", "revenue", "discount", "returned", "known_cost", "uncosted_revenue", "promo_code",
    "channel_code", "updated_at",
)  # fmt: skip
LINE_COLUMNS = (
    "order_id", "position", "product_id", "name", "quantity", "revenue", "discount", "cost",
    "returned_quantity", "returned_amount",
)  # fmt: skip
_CASTS = {
    "placed_at": "timestamptz",
    "placed_on": "date",
    "fulfilled_at": "timestamptz",
    "updated_at": "timestamptz",
}
_UPDATE = (
    "UPDATE customers_order o SET "  # noqa: S608
    + ", ".join(f"{name} = v.{name}" for name in COLUMNS)
    + f" FROM (VALUES %s) v(id, {', '.join(COLUMNS)}) WHERE o.id = v.id"
)
_UPDATE_ROW = "(%s, " + ", ".join(f"%s::{_CASTS[c]}" if c in _CASTS else "%s" for c in COLUMNS) + ")"
_RENEW = "UPDATE customers_order o SET version = v.version FROM (VALUES %s) v(id, version) WHERE o.id = v.id"

STATUS_EVENTS = {
    "confirmed": EventKind.ORDER_CONFIRMED.value,
    "fulfilled": EventKind.ORDER_FULFILLED.value,
    "cancelled": EventKind.ORDER_CANCELLED.value,
    "returned": EventKind.ORDER_RETURNED.value,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """What the base has of an order."""

    id: int
    customer_id: int
    version: int
    digest: str
    status: str
    fulfilled_at: datetime | None
    returned: int


@dataclass(slots=True, eq=False)
class Entry:
    """One order on its way into the base. `fate` stays None while it is still to be written."""

    order: OrderData
    fate: Fate | None = None
    faults: tuple[Fault, ...] = ()
    digest: str = ""
    stored: Stored | None = None
    has_newer_version: bool = False
    known_cost: int = 0
    uncosted_revenue: int = 0
    id: int = 0
    priced: PricedOrder = field(init=False)
    party: Party = field(init=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.order.source, self.order.external_id

    def refuse(self, *faults: Fault) -> None:
        self.fate = Fate.REFUSED
        self.faults = faults


def renew_versions(entries: Sequence[Entry]) -> None:
    """Unchanged content under a newer number: the number is kept, so that older tellings stay older."""
    rows = [(entry.stored.id, version_of(entry.order)) for entry in entries if entry.stored]
    update_rows(_RENEW, rows, "(%s, %s)")


def name_orders(entries: Sequence[Entry], ids: Iterator[int]) -> None:
    """Give entries the ids of their orders: the stored ones, or new ones."""
    for entry in entries:
        entry.id = next(ids) if entry.stored is None else entry.stored.id


def write_orders(entries: Sequence[Entry], now: datetime, into: Writes) -> None:
    """Insert the new orders, overwrite the known ones."""
    new = [entry for entry in entries if entry.stored is None]
    known = [entry for entry in entries if entry.stored is not None]
    # The same moment in every row is put into words once.
    written = str(now)
    insert_rows(
        Order,
        ("id", "source", "external_id", "created_at", *COLUMNS),
        [(entry.id, *entry.key, written, *_values(entry, now, written)) for entry in new],
        nullable=("fulfilled_at",),
        into=into,
    )
    update_rows(_UPDATE, [(entry.id, *_values(entry, now, written)) for entry in known], _UPDATE_ROW)


def _values(entry: Entry, now: datetime, written: str) -> tuple[Any, ...]:
    order, priced = entry.order, entry.priced
    told = version_of(order)
    return (
        entry.party.id, order.number, entry.stored.version if told is None and entry.stored else told or 0,
        entry.digest, order.status, order.placed_at, company_day(order.placed_at), _fulfilled_at(entry, now),
        order.currency, order.rate, priced.revenue, priced.discount, priced.returned, entry.known_cost,
        entry.uncosted_revenue, order.promo_code, order.channel_code, written,
    )  # fmt: skip


def _fulfilled_at(entry: Entry, now: datetime) -> datetime | None:
    """As told; else when it was first told to be fulfilled, which for an order that arrives so is its day."""
    order, stored = entry.order, entry.stored
    if order.fulfilled_at is not None or order.status != "fulfilled":
        return order.fulfilled_at
    if stored is None:
        return order.placed_at
    return stored.fulfilled_at or order.updated_at or now


def write_lines(entries: Sequence[Entry], product_ids: Mapping[str, int], into: Writes) -> None:
    """The lines as they are told now; those of an earlier telling go."""
    known = [entry.id for entry in entries if entry.stored is not None]
    if known:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM customers_orderline WHERE order_id = ANY(%s)", [known])
    rows = [
        (
            entry.id, position, product_ids.get(line.sku), line.name, line.quantity, line.revenue,
            line.discount, line.cost, line.returned_quantity, line.returned_amount,
        )
        for entry in entries
        for position, line in enumerate(entry.priced.lines, start=1)
    ]  # fmt: skip
    insert_rows(OrderLine, LINE_COLUMNS, rows, nullable=("product_id", "cost"), into=into)


def events_of(entry: Entry, now: datetime) -> list[Event]:
    """What the customer's timeline says about this telling of the order."""
    order, stored = entry.order, entry.stored
    data = {
        "order": entry.id,
        "number": order.number or order.external_id,
        "revenue": str(from_minor(entry.priced.revenue)),
    }
    events = []
    if stored is None:
        events.append((entry.party.id, EventKind.ORDER_PLACED.value, order.placed_at, data))
    if order.status != (stored.status if stored else "new") and _is_news(entry):
        events.append((entry.party.id, STATUS_EVENTS[order.status], _changed_at(entry, now), data))
    elif entry.priced.returned > (stored.returned if stored else 0):
        data = data | {"returned": str(from_minor(entry.priced.returned))}
        events.append((entry.party.id, EventKind.ORDER_RETURNED.value, _changed_at(entry, now), data))
    return events


def _is_news(entry: Entry) -> bool:
    """Whether the status is worth an event: history that arrives fulfilled, without a time, is not."""
    arrives_done = entry.stored is None and entry.order.status in ("confirmed", "fulfilled")
    return entry.order.status in STATUS_EVENTS and not (arrives_done and entry.order.fulfilled_at is None)


def _changed_at(entry: Entry, now: datetime) -> datetime:
    if entry.order.status == "fulfilled":
        return _fulfilled_at(entry, now) or now
    if entry.order.updated_at is not None:
        return entry.order.updated_at
    return now if entry.stored else entry.order.placed_at
