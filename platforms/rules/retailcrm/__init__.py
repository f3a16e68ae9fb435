"""RetailCRM: a trigger's HTTP request that names the order, which is then asked for over the API v5.

The request may also carry the whole order as JSON. Nothing is signed: the address carries a secret.
"""

from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Context, Get, Incoming, Told, Unreadable, Unusable
from platforms.rules.picking import inner, whole_number
from platforms.rules.retailcrm.orders import order_of

STATUSES = {
    "new": "new",
    "availability-confirmed": "confirmed",
    "client-confirmed": "confirmed",
    "prepayed": "confirmed",
    "send-to-assembling": "confirmed",
    "assembling": "confirmed",
    "assembling-complete": "confirmed",
    "send-to-delivery": "confirmed",
    "delivering": "confirmed",
    "complete": "fulfilled",
    "partially-completed": "fulfilled",
    "no-call": "cancelled",
    "no-product": "cancelled",
    "already-buyed": "cancelled",
    "delyvery-did-not-suit": "cancelled",
    "prices-did-not-suit": "cancelled",
    "cancel-other": "cancelled",
    "return": "returned",
    "*": "confirmed",
}


def _read(incoming: Incoming) -> dict[str, Any]:
    data = bodies.read_any(incoming.headers, incoming.body)
    if isinstance(data.get("order"), str):
        data["order"] = bodies.read_json(data["order"].encode())
    return data


def _named(payload: dict[str, Any]) -> str:
    return whole_number(payload, "order_id" if "order_id" in payload else "id")


def _fetch(_topic: str, payload: dict[str, Any], get: Get) -> dict[str, Any]:
    if "order" in payload:
        return payload
    found = get(f"/api/v5/orders/{_named(payload)}?by=id")
    return {**payload, "order": found.get("order")} if isinstance(found, dict) else payload


def _tell(_topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    told = Told()
    order = inner(payload, "order")
    if not order:
        _named(payload)
        raise Unusable("no_api")
    if not order.get("id"):
        raise Unreadable("no_id", field="order.id")
    order_of({**order, "read_at": payload.get("read_at")}, ctx, told)
    return told


ADAPTER = Adapter(
    statuses=STATUSES,
    tell=_tell,
    read=_read,
    topic=lambda _incoming, payload: "order" if "order" in payload else "order id",
    # The same short message twice may tell of two changes.
    delivery_id=lambda incoming, payload: signatures.digest(incoming.body) if "order" in payload else "",
    fetch=_fetch,
    api_headers=lambda token: {"X-API-KEY": token},
)
