"""What the pixel reports: read, bounded, and without what is nobody's business."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from customers.rules.faults import Faulty
from customers.rules.numbers import MAX_AMOUNT, MAX_QUANTITY, to_number, within
from customers.rules.text import clean_text
from webforms.rules.addresses import clean_page, is_personal

MAX_EVENTS = 20
MAX_ITEMS = 30
# An event that waited longer in a sleeping page is told as of then.
LONGEST_AGO = timedelta(hours=1)
# The names of the pixel's own commands, and the timeline's kinds.
KINDS = {"page": "page_viewed", "product": "product_viewed", "cart": "cart_changed", "search": "searched"}
_ID = re.compile(r"[A-Za-z0-9_-]{8,40}")


class NotVisits(ValueError):
    """The body is not what the pixel sends."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One thing that a customer did on the site; `id` was given by the browser."""

    id: str
    kind: str
    at: datetime
    data: dict[str, Any]


def read_visits(events: Any, origins: Collection[str], now: datetime) -> list[Visit]:
    """The events of a batch that can be used, each id once. Raises NotVisits where there is no list of a few."""
    if not isinstance(events, list) or len(events) > MAX_EVENTS:
        raise NotVisits
    found = {visit.id: visit for event in events if (visit := _visit(event, origins, now))}
    return list(found.values())


def _visit(event: Any, origins: Collection[str], now: datetime) -> Visit | None:
    """One event, or nothing if it is of another site, or senseless."""
    if not isinstance(event, dict):
        return None
    kind, id_, address = KINDS.get(str(event.get("kind"))), event.get("id"), event.get("url")
    page = clean_page(address, origins) if isinstance(address, str) else None
    if kind is None or page is None or not isinstance(id_, str) or not _ID.fullmatch(id_):
        return None
    told = _DATA[kind](event)
    return (
        None if told is None else Visit(id_, kind, now - _ago(event.get("ago")), {"url": page, **_without_gaps(told)})
    )


def _without_gaps(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value not in ("", None)}


def _ago(milliseconds: Any) -> timedelta:
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or milliseconds < 0:
        return timedelta()
    return min(timedelta(milliseconds=min(milliseconds, 10**9)), LONGEST_AGO)


def _text(value: Any, limit: int) -> str:
    """One line, cut; empty for what is no text or may be personal."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    try:
        text = clean_text(str(value)[: limit * 4] if isinstance(value, str) else value, "", limit * 4)[:limit]
    except (Faulty, ValueError):
        return ""
    return "" if is_personal(text) else text


def _number(value: Any, maximum: Decimal) -> str | None:
    if isinstance(value, float):
        value = str(value)
    try:
        return format(within(to_number(value, ""), "", maximum).normalize(), "f")
    except Faulty:
        return None


def _page(event: dict[str, Any]) -> dict[str, Any]:
    return {"title": _text(event.get("title"), 200)}


def _product(event: dict[str, Any]) -> dict[str, Any] | None:
    sku, name = _text(event.get("sku"), 100), _text(event.get("name"), 300)
    if not sku and not name:
        return None
    return {"sku": sku, "name": name, "price": _number(event.get("price"), MAX_AMOUNT)}


def _cart(event: dict[str, Any]) -> dict[str, Any] | None:
    items = event.get("items")
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        return None
    kept = [_item(item) for item in items if isinstance(item, dict)]
    return {"items": kept, "total": _number(event.get("total"), MAX_AMOUNT)}


def _item(item: dict[str, Any]) -> dict[str, Any]:
    return _without_gaps(
        {
            "sku": _text(item.get("sku"), 100),
            "name": _text(item.get("name"), 300),
            "quantity": _number(item.get("quantity", 1), MAX_QUANTITY),
            "price": _number(item.get("price"), MAX_AMOUNT),
        }
    )


def _search(event: dict[str, Any]) -> dict[str, Any] | None:
    query = _text(event.get("query"), 100)
    return {"query": query} if query else None


_DATA = {"page_viewed": _page, "product_viewed": _product, "cart_changed": _cart, "searched": _search}
