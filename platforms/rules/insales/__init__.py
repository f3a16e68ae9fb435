"""InSales: webhooks of orders and customers in JSON. Nothing is signed: the address carries a secret."""

from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Cancelled, Context, Incoming, Told
from platforms.rules.insales.orders import customer_of, order_of
from platforms.rules.picking import identifier, moment

# By the order's own status, else by the general one; see `orders.status_of`.
STATUSES = {
    "new": "new",
    "accepted": "confirmed",
    "approved": "confirmed",
    "dispatched": "confirmed",
    "delivered": "fulfilled",
    "declined": "cancelled",
    "returned": "returned",
    "*": "confirmed",
}


def _topic(incoming: Incoming, payload: Any) -> str:
    # The body does not say what happened; the address that is given out for removals does.
    return incoming.query.get("topic", "")[:100] or ("orders" if "order_lines" in payload else "client")


def _tell(topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    told = Told()
    if topic == "orders/destroy":
        told.cancelled.append(Cancelled(identifier(payload), moment(payload, "updated_at", ctx)))
    elif topic.startswith("orders"):
        order_of(payload, ctx, told)
    elif topic.startswith("client"):
        customer_of(payload, ctx, told)
    else:
        told.ignored = "topic_unused"
    return told


ADAPTER = Adapter(
    statuses=STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_json(incoming.body),
    topic=_topic,
    delivery_id=lambda incoming, _payload: signatures.digest(incoming.body),
)
