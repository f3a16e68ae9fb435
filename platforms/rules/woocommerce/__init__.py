"""WooCommerce: webhooks of orders and customers, signed by a shared secret."""

import re
from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Cancelled, Context, Incoming, Told
from platforms.rules.picking import identifier
from platforms.rules.woocommerce.customers import customer_of
from platforms.rules.woocommerce.orders import order_of

STATUSES = {
    "pending": "new",
    "on-hold": "new",
    "processing": "confirmed",
    "completed": "fulfilled",
    "cancelled": "cancelled",
    "failed": "cancelled",
    "trash": "cancelled",
    "refunded": "returned",
    "checkout-draft": "",
    "auto-draft": "",
    "*": "confirmed",
}
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def _topic(incoming: Incoming, _payload: Any) -> str:
    return incoming.headers.get("x-wc-webhook-topic", "")[:100]


def _delivery_id(incoming: Incoming, _payload: Any) -> str:
    # WooCommerce makes the id of the webhook and the second: several deliveries of one second share it.
    told = incoming.headers.get("x-wc-webhook-delivery-id", "")[:100]
    return f"{told}:{signatures.digest(incoming.body)}"


def _tell(topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    told = Told()
    if topic == "order.deleted":
        told.cancelled.append(Cancelled(identifier(payload)))
    elif topic.startswith("order."):
        order_of(payload, ctx, told)
    elif topic in ("customer.created", "customer.updated"):
        customer_of(payload, ctx, told)
    elif topic == "customer.deleted":
        told.ignored = "account_closed"
    else:
        told.ignored = "topic_unused"
    return told


ADAPTER = Adapter(
    statuses=STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_json(incoming.body),
    topic=_topic,
    delivery_id=_delivery_id,
    verify=lambda incoming, secret: signatures.hmac_sha256_base64(
        incoming.body, secret, incoming.headers.get("x-wc-webhook-signature", "")
    ),
    is_signed=True,
    is_ping=lambda incoming: bool(_PING.fullmatch(incoming.body.strip())),
    headers=("content-type", "user-agent", "x-wc-webhook-topic", "x-wc-webhook-delivery-id", "x-wc-webhook-source"),
)
