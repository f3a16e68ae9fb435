"""What customers did on the site, as it is told."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.moments import AHEAD
from customers.rules.naming import read_name
from customers.rules.numbers import MAX_QUANTITY
from customers.rules.records import Company, Named

MAX_ITEMS = 100
MAX_KEY = 64
# Which fields tell what happened, by kind of event.
DETAILS = {
    "page_viewed": ("url", "title"),
    "product_viewed": ("url", "sku", "name"),
    "cart_changed": ("url", "items", "total"),
    "searched": ("url", "query", "found"),
}
KINDS = tuple(DETAILS)
EVENT_FIELDS = frozenset(("source", "key", "kind", "at", "customer", *(n for names in DETAILS.values() for n in names)))
ITEM_FIELDS = frozenset(("sku", "name", "quantity", "price"))
TEXTS = {"url": 2000, "title": 300, "sku": 100, "name": 300, "query": 300}


@dataclass(frozen=True, slots=True)
class EventData:
    """One fact about a customer. `key` is what the source knows it by: told again, it is the same event.

    `data` holds plain values of the fields that belong to the kind.
    """

    source: str
    kind: str
    at: datetime
    named: Named
    data: dict[str, Any]
    key: str = ""

    @property
    def stored_key(self) -> str:
        """The key among those of all sources; "" for an event that each telling makes anew."""
        return f"{self.source}:{self.key}" if self.key else ""


def read_event(data: Any, company: Company, now: datetime) -> EventData:
    """The event that an object tells. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(EVENT_FIELDS)
    source = fields.text("source", 50, required=True)
    kind = fields.choice("kind", KINDS, "")
    if not kind:
        fields.fail("kind", "required")
    event = EventData(
        source=source,
        kind=kind,
        at=_moment(fields, now),
        named=read_name(fields.inner("customer"), source),
        data=_details(fields, kind if kind in KINDS else ""),
        key=fields.text("key", MAX_KEY),
    )
    if faults:
        raise Faulty(faults)
    return event


def _moment(fields: Fields, now: datetime) -> datetime:
    at = fields.moment("at")
    if at is not None and at > now + AHEAD:
        fields.fail("at", "in_future")
    return at or now


def _details(fields: Fields, kind: str) -> dict[str, Any]:
    names = DETAILS.get(kind, ())
    if kind:
        for name in EVENT_FIELDS.intersection(fields.data) & _OF_OTHERS[kind]:
            fields.fail(name, "not_of_this_kind", kind=kind)
    told: dict[str, Any] = {name: fields.text(name, TEXTS[name]) for name in names if name in TEXTS}
    if kind == "searched":
        told["found"] = fields.integer("found")
        if not told["query"]:
            fields.fail("query", "needed_for_kind", kind=kind)
    if kind == "product_viewed" and not told["sku"] and not told["name"]:
        fields.fail("sku", "needed_for_kind", kind=kind)
    if kind == "cart_changed":
        told["items"] = [_item(item) for item in fields.items("items", MAX_ITEMS)]
        told["total"] = _plain(fields.number("total", None))
    return {name: value for name, value in told.items() if value not in ("", None)}


def _item(fields: Fields) -> dict[str, str]:
    fields.only(ITEM_FIELDS)
    item = {
        "sku": fields.text("sku", 100),
        "name": fields.text("name", 300),
        "quantity": _plain(fields.number("quantity", Decimal(1), MAX_QUANTITY)),
        "price": _plain(fields.number("price", None)),
    }
    if not item["sku"] and not item["name"]:
        fields.fail("sku", "goods_unnamed")
    return {name: value for name, value in item.items() if value}


def _plain(number: Decimal | None) -> str | None:
    """As plain digits: JSON's own numbers would lose some."""
    return None if number is None else format(round(number, 4).normalize(), "f")


_ALL = EVENT_FIELDS - {"source", "key", "kind", "at", "customer"}
_OF_OTHERS = {kind: _ALL - set(names) for kind, names in DETAILS.items()}
