"""Recording orders: one or a thousand, the same way."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from core.money import exponent
from customers.actions import order_rows
from customers.actions.consents import ConsentFact, record_consents
from customers.actions.faults import as_error
from customers.actions.glance import Glance, glance
from customers.actions.locks import lock_identities, order_keys
from customers.actions.matching import Directory
from customers.actions.order_rows import Entry, Stored
from customers.actions.products import Catalogue
from customers.actions.rows import Writes, next_ids
from customers.actions.timeline import add_events, mark_stale
from customers.models import Customer, Order
from customers.rules.arithmetic import cost_order, price_order
from customers.rules.faults import Fault, Faulty
from customers.rules.records import OrderData
from customers.rules.versions import Clash, Fate, digest_of, judge, version_of

_STORED = """
    SELECT o.source, o.external_id, o.id, o.customer_id, o.version, o.content_digest, o.status,
           o.fulfilled_at, o.returned
    FROM unnest(%s::text[], %s::text[]) k(a, b)
    JOIN customers_order o ON o.source = k.a AND o.external_id = k.b"""


@dataclass(frozen=True, slots=True)
class OrderResult:
    """What became of one pushed order; `faults` says why if it was refused."""

    order_id: int | None
    customer_id: int | None
    fate: Fate
    faults: tuple[Fault, ...] = ()
    is_new_customer: bool = False


def record_order(*, order: OrderData, now: datetime) -> OrderResult:
    """Record one order, whatever was recorded of it before. Idempotent on (source, external id).

    Raises InvalidInput if its sums contradict each other, Conflict if its version says nothing about
    whether it is newer than the stored one.
    """
    result = record_orders(orders=[order], now=now)[0]
    if result.fate == Fate.REFUSED:
        raise as_error(result.faults)
    return result


@transaction.atomic
def record_orders(*, orders: Sequence[OrderData], now: datetime, mode: str = "both") -> list[OrderResult]:
    """Record a batch in one transaction; the result of each order, in their order.

    `mode` create or update leaves the other orders alone, refused as `known_already` or `not_known_yet`.

    Writes customers, contacts, products, orders, lines, timeline events, consents and stale marks. A
    refused order leaves the others alone.
    """
    entries = [Entry(order) for order in orders]
    _price(entries)
    _refuse_repeated(entries)
    seen = _look(_open(entries))
    _judge(entries, mode, seen)
    lines = [line for entry in _open(entries) for line in entry.priced.lines]
    catalogue = Catalogue(lines, seen.products if seen else None)
    _cost(entries, catalogue)
    directory = _match(entries, seen)
    _write(entries, catalogue, directory, now, seen)
    return [_result(entry) for entry in entries]


def _open(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.fate is None]


def _price(entries: list[Entry]) -> None:
    places = exponent()
    for entry in entries:
        try:
            entry.priced = price_order(entry.order, places)
        except Faulty as refusal:
            entry.refuse(*refusal.faults)
        else:
            entry.digest = digest_of(entry.order, entry.priced)


def _refuse_repeated(entries: list[Entry]) -> None:
    first: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(entries):
        earlier = first.setdefault(entry.key, index)
        if earlier != index and entry.fate is None:
            entry.refuse(Fault("external_id", "duplicate_in_batch", {"first": earlier}))


def _look(entries: list[Entry]) -> Glance | None:
    """Lock what the orders and their customers are known by; of a single order read everything at once."""
    if len(entries) == 1:
        return glance(entries[0].order, (line.sku for line in entries[0].priced.lines if line.sku))
    lock_identities(key for entry in entries for key in order_keys(entry.order))
    return None


def _judge(entries: list[Entry], mode: str, seen: Glance | None) -> None:
    waiting = {entry.key: entry for entry in _open(entries)}
    for source, external_id, *columns in _stored(waiting) if seen is None else seen.stored:
        _compare(waiting.pop((source, external_id)), Stored(*columns), mode)
    if mode == "update":
        for entry in waiting.values():
            entry.refuse(Fault("", "not_known_yet"))


def _stored(keys: Collection[tuple[str, str]]) -> Sequence[Sequence[Any]]:
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [list(column) for column in zip(*keys, strict=True)])
        return cursor.fetchall()


def _compare(entry: Entry, stored: Stored, mode: str) -> None:
    if mode == "create":
        entry.refuse(Fault("", "known_already"))
        return
    entry.stored = stored
    told = version_of(entry.order)
    verdict = judge(stored=stored.version, told=told, is_same=stored.digest == entry.digest)
    if isinstance(verdict, Clash):
        entry.refuse(Fault("version", verdict.value))
    elif verdict != Fate.UPDATED:
        entry.fate = verdict
        entry.has_newer_version = verdict == Fate.UNCHANGED and told is not None and told > stored.version


def _cost(entries: list[Entry], catalogue: Catalogue) -> None:
    for entry in _open(entries):
        try:
            entry.known_cost, entry.uncosted_revenue = cost_order(entry.priced, catalogue.costs)
        except Faulty as refusal:
            entry.refuse(*refusal.faults)


def _match(entries: list[Entry], seen: Glance | None) -> Directory:
    entries = _open(entries)
    before = {entry.stored.customer_id for entry in entries if entry.stored}
    directory = Directory((entry.order.customer for entry in entries), before, seen.people if seen else None)
    for entry in entries:
        entry.party = directory.admit(
            entry.order.customer,
            entry.order.placed_at,
            otherwise=_present_owner(entry),
        )
    return directory


def _present_owner(entry: Entry) -> int | None:
    """Whose the order is already, for a telling with new addresses only; a new id means somebody else."""
    if entry.stored is None or entry.order.customer.external_id:
        return None
    return entry.stored.customer_id


def _write(
    entries: list[Entry], catalogue: Catalogue, directory: Directory, now: datetime, seen: Glance | None
) -> None:
    order_rows.renew_versions([entry for entry in entries if entry.has_newer_version])
    entries = _open(entries)
    if not entries:
        return
    writes = Writes()
    ids = _ids({Customer: len(directory.new), Order: sum(entry.stored is None for entry in entries)}, seen)
    directory.name_new(ids[Customer])
    directory.save(now, writes)
    catalogue.make_missing()
    order_rows.name_orders(entries, iter(ids[Order]))
    order_rows.write_orders(entries, now, writes)
    order_rows.write_lines(entries, catalogue.ids, writes)
    events = [event for entry in entries for event in order_rows.events_of(entry, now)]
    add_events(events=events, into=writes)
    before = {entry.stored.customer_id for entry in entries if entry.stored}
    mark_stale(customer_ids=before | {entry.party.id for entry in entries}, at=now, into=writes)
    writes.send()
    record_consents(facts=[fact for entry in entries for fact in _consents(entry)])


def _ids(counts: dict[type[Model], int], seen: Glance | None) -> dict[type[Model], list[int]]:
    if seen is None or len(seen.customer_ids) < counts[Customer] or len(seen.order_ids) < counts[Order]:
        return next_ids(counts)
    return {Customer: seen.customer_ids[: counts[Customer]], Order: seen.order_ids[: counts[Order]]}


def _consents(entry: Entry) -> list[ConsentFact]:
    order = entry.order
    return [
        ConsentFact(
            entry.party.id,
            c.channel,
            c.action,
            c.at or order.placed_at,
            order.source,
            c.proof,
            text_version=c.text_version,
        )
        for c in order.customer.consents
    ]


def _result(entry: Entry) -> OrderResult:
    if entry.fate == Fate.REFUSED:
        return OrderResult(None, None, Fate.REFUSED, entry.faults)
    if entry.fate is not None and entry.stored is not None:
        return OrderResult(entry.stored.id, entry.stored.customer_id, entry.fate)
    fate = Fate.UPDATED if entry.stored else Fate.CREATED
    return OrderResult(entry.id, entry.party.id, fate, is_new_customer=entry.party.is_new)
