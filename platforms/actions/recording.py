"""Writing what a message says into the base."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from customers.actions import Fate, record_customers, record_orders
from customers.actions.locks import lock_identities, order_keys
from customers.rules.faults import Faulty
from customers.rules.reading import read_customer, read_order
from customers.rules.records import CustomerData, LineData, OrderData
from customers.rules.versions import version_of
from platforms.actions.calls import record_calls
from platforms.queries.orders import retold, versions
from platforms.rules.contract import Cancelled, Context, Note, Refunded, Told, Unusable
from platforms.words import error_of, note_of

SECOND = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_ERRORS = 20


@dataclass(slots=True)
class Outcome:
    """What became of a message. `errors` and `notes` are in the form in which the message keeps them."""

    order_ids: list[int] = field(default_factory=list)
    customer_ids: list[int] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    has_news: bool = False

    @property
    def is_ignored(self) -> bool:
        """Whether the message was sound, and nothing here is different for it."""
        return bool(self.notes) and not self.errors and not self.has_news

    def refuse(self, refusal: Faulty | Unusable, about: str) -> None:
        found = refusal.faults if isinstance(refusal, Faulty) else (refusal,)
        self.errors += [error_of(fault, about) for fault in found]

    def note(self, code: str, value: str = "") -> None:
        self.notes.append(note_of(Note(code, value)))


@transaction.atomic
def record_told(*, told: Told, ctx: Context, received_at: datetime, now: datetime) -> Outcome:
    """Record customers, orders, cancellations and refunds in one transaction; a bad one leaves the others alone."""
    outcome = Outcome(notes=[note_of(note) for note in told.notes])
    if told.ignored and not (told.orders or told.customers):
        outcome.note(told.ignored)
    _customers(told.customers, ctx, outcome, now)
    orders = [order for data in told.orders if (order := _read(data, ctx, outcome, now))]
    orders = _known_enough(orders, told.only_known, ctx, outcome)
    lock_identities(key for order in orders for key in order_keys(order))
    _record(_in_order_of_arrival(orders), outcome, now)
    _cancel(told.cancelled, ctx, outcome, received_at, now)
    _refund(told.refunded, ctx, outcome, now)
    _calls(told, ctx, outcome, now)
    outcome.errors = outcome.errors[:MAX_ERRORS]
    return outcome


def _calls(told: Told, ctx: Context, outcome: Outcome, now: datetime) -> None:
    if not told.calls:
        return
    recorded = record_calls(calls=told.calls, ctx=ctx, now=now)
    outcome.customer_ids += recorded.customer_ids
    outcome.has_news = outcome.has_news or recorded.has_news
    outcome.errors += [error_of(fault, about) for fault, about in recorded.faults]
    for note in recorded.notes:
        outcome.note(note.code, note.value)


def _customers(found: Iterable[dict[str, Any]], ctx: Context, outcome: Outcome, now: datetime) -> None:
    people: list[CustomerData] = []
    for data in found:
        try:
            people.append(read_customer(data, ctx.company))
        except Faulty as refusal:
            outcome.refuse(refusal, str(data.get("external_id", "")))
    for person, result in zip(people, record_customers(customers=people, now=now), strict=True) if people else ():
        if result.customer_id is None:
            outcome.refuse(Faulty(result.faults), person.external_id)
        else:
            outcome.customer_ids.append(result.customer_id)
            outcome.has_news = True


def _read(data: dict[str, Any], ctx: Context, outcome: Outcome, now: datetime) -> OrderData | None:
    """The order; one whose `customer` is None stays with whom it is with."""
    try:
        if data["customer"] is not None:
            return read_order(data, ctx.company, now)
        order = read_order({**data, "customer": {"external_id": "-"}}, ctx.company, now)
        return replace(order, customer=CustomerData(source=order.source))
    except Faulty as refusal:
        outcome.refuse(refusal, str(data.get("number") or data.get("external_id", "")))
        return None


def _known_enough(orders: list[OrderData], only_known: set[str], ctx: Context, outcome: Outcome) -> list[OrderData]:
    """Without the lost deals that never were orders here."""
    doubtful = {order.external_id for order in orders} & only_known
    unknown = doubtful - versions(ctx.source, doubtful).keys() if doubtful else set()
    for external_id in sorted(unknown):
        outcome.note("deal_not_kept", external_id)
    return [order for order in orders if order.external_id not in unknown]


def _in_order_of_arrival(orders: Sequence[OrderData]) -> list[OrderData]:
    """Platforms tell time by the second: of two changes in one, the later to arrive is the newer.

    An order that comes twice in one message is told by the last of them.
    """
    last = {order.external_id: order for order in orders}
    stored = {
        (source, external_id): version
        for source in {order.source for order in last.values()}
        for external_id, version in versions(source, last).items()
    }
    return [_after(order, stored.get((order.source, order.external_id))) for order in last.values()]


def _after(order: OrderData, stored: int | None) -> OrderData:
    told = version_of(order)
    if told is None or stored is None or told > stored or told // SECOND != stored // SECOND:
        return order
    return replace(order, version=stored + 1)


def _record(orders: list[OrderData], outcome: Outcome, now: datetime) -> None:
    for order, result in zip(orders, record_orders(orders=orders, now=now), strict=True) if orders else ():
        if result.fate == Fate.REFUSED:
            outcome.refuse(Faulty(result.faults), order.number or order.external_id)
            continue
        if result.fate in (Fate.OUTDATED, Fate.UNCHANGED):
            outcome.note(result.fate.value, order.number or order.external_id)
        else:
            outcome.has_news = True
        outcome.order_ids += [result.order_id] if result.order_id else []
        outcome.customer_ids += [result.customer_id] if result.customer_id else []


def _cancel(found: Sequence[Cancelled], ctx: Context, outcome: Outcome, received_at: datetime, now: datetime) -> None:
    known = _locked(ctx.source, [each.external_id for each in found])
    orders = []
    for each in found:
        order = known.get(each.external_id)
        if order is None:
            outcome.note("order_unknown", each.external_id)
        else:
            orders.append(replace(order, status="cancelled", updated_at=each.at or received_at))
    _record(_in_order_of_arrival(orders), outcome, now)


def _refund(found: Sequence[Refunded], ctx: Context, outcome: Outcome, now: datetime) -> None:
    known = _locked(ctx.source, [each.external_id for each in found])
    orders = []
    for each in found:
        order = known.get(each.external_id)
        if order is None:
            outcome.refuse(Unusable("refund_before_order", order=each.external_id), "")
        else:
            orders.append(_with_refund(order, each))
    _record(_in_order_of_arrival(orders), outcome, now)


def _with_refund(order: OrderData, refund: Refunded) -> OrderData:
    # Just under the second of the refund: the order's own message of that second tells it too, and must win.
    version = (refund.at - EPOCH) // timedelta(microseconds=1) - 1
    lines = tuple(_piece_back(line, refund.pieces.get(line.sku, Decimal(0))) for line in order.lines)
    return replace(order, lines=lines, returned=order.returned + refund.amount, version=version)


def _piece_back(line: LineData, quantity: Decimal) -> LineData:
    return replace(line, returned_quantity=min(line.returned_quantity + quantity, line.quantity)) if quantity else line


def _locked(source: str, external_ids: list[str]) -> dict[str, OrderData]:
    if not external_ids:
        return {}
    lock_identities(f"order\0{source}\0{external_id}" for external_id in external_ids)
    return retold(source, external_ids)
