"""Shopify: webhooks of orders, refunds and customers, signed by the app's or the shop's secret."""

from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Cancelled, Context, Incoming, Told
from platforms.rules.picking import identifier
from platforms.rules.shopify.customers import customer_of
from platforms.rules.shopify.orders import order_of
from platforms.rules.shopify.refunds import refund_of

# The first that is true of an order, from cancellation to payment; see `orders.status_of`.
STATUSES = {
    "cancelled": "cancelled",
    "voided": "cancelled",
    "refunded": "returned",
    "fulfilled": "fulfilled",
    "partial": "confirmed",
    "paid": "confirmed",
    "partially_refunded": "confirmed",
    "partially_paid": "confirmed",
    "authorized": "confirmed",
    "pending": "new",
    "expired": "new",
    "*": "confirmed",
}


def _delivery_id(incoming: Incoming, _payload: Any) -> str:
    told = incoming.headers.get("x-shopify-webhook-id", "")[:100]
    # Shopify always sends one; without it the body itself is known again.
    return told or signatures.digest(incoming.body)


def _tell(topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    told = Told()
    if topic == "orders/delete":
        told.cancelled.append(Cancelled(identifier(payload)))
    elif topic.startswith("orders/"):
        order_of(payload, ctx, told)
    elif topic == "refunds/create":
        refund_of(payload, ctx, told)
    elif topic in ("customers/create", "customers/update", "customers/enable"):
        customer_of(payload, ctx, told)
    elif topic in ("customers/delete", "customers/disable"):
        told.ignored = "account_closed"
    elif topic in ("customers/redact", "customers/data_request", "shop/redact"):
        told.ignored = "privacy_by_hand"
    else:
        told.ignored = "topic_unused"
    return told


ADAPTER = Adapter(
    statuses=STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_json(incoming.body),
    topic=lambda incoming, _payload: incoming.headers.get("x-shopify-topic", "")[:100],
    delivery_id=_delivery_id,
    verify=lambda incoming, secret: signatures.hmac_sha256_base64(
        incoming.body, secret, incoming.headers.get("x-shopify-hmac-sha256", "")
    ),
    is_signed=True,
    gives_secret=True,
    headers=(
        "content-type", "user-agent", "x-shopify-topic", "x-shopify-webhook-id", "x-shopify-event-id",
        "x-shopify-shop-domain", "x-shopify-triggered-at", "x-shopify-api-version",
    ),
)  # fmt: skip
