"""What is sent, built at the moment of sending for a whole batch in a constant number of queries."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from customers.models import ContactPoint, Customer, ExternalRef, Order
from webhooks.models import WebhookDelivery
from webhooks.rules.events import facts_of, type_of

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: `kept` stays in the log, `personal` (name and contacts) only leaves."""

    kept: Facts
    personal: Facts

    @property
    def whole(self) -> Facts:
        if not self.personal:
            return self.kept
        customer = {**self.kept["data"]["customer"], **self.personal}
        return {**self.kept, "data": {**self.kept["data"], "customer": customer}}


def messages(deliveries: Sequence[WebhookDelivery]) -> dict[int, Message]:
    """The message of each delivery, by its id. Their subscriptions must be at hand (select_related)."""
    ids = {row.customer_id for row in deliveries if row.customer_id}
    naming = {row.customer_id for row in deliveries if row.customer_id and row.subscription.with_contacts}
    refs, orders, people = _refs(ids), _orders(deliveries), _people(naming)
    return {row.pk: _message(row, refs, orders, people) for row in deliveries}


def _message(
    row: WebhookDelivery, refs: dict[int, list[Facts]], orders: dict[int | None, Facts], people: dict[int, Facts]
) -> Message:
    data: Facts = facts_of(row.kind, row.facts)
    personal: Facts = {}
    if row.customer_id:
        data["customer"] = {"id": row.customer_id, "refs": refs[row.customer_id]}
        if row.subscription.with_contacts:
            personal = people.get(row.customer_id, {})
    if (order := orders.get(row.event_id)) is not None:
        data["order"] = order
    kept = {"type": type_of(row.kind), "timestamp": row.happened_at.isoformat(), "data": data}
    return Message(kept, personal)


def _refs(ids: Collection[int]) -> dict[int, list[Facts]]:
    found: dict[int, list[Facts]] = defaultdict(list)
    rows = ExternalRef.objects.filter(customer_id__in=ids).order_by("pk") if ids else ()
    for ref in rows:
        found[ref.customer_id].append({"source": ref.source, "external_id": ref.external_id})
    return found


def _people(ids: Collection[int]) -> dict[int, Facts]:
    if not ids:
        return {}
    names = Customer.objects.filter(pk__in=ids).values_list("pk", "name")
    found: dict[int, Facts] = {pk: {"name": name, "contacts": []} for pk, name in names}
    for point in ContactPoint.objects.filter(customer_id__in=ids).order_by("pk"):
        contact = {"channel": point.channel, "value": point.value, "status": point.status}
        found[point.customer_id]["contacts"].append(contact)
    return found


def _orders(deliveries: Sequence[WebhookDelivery]) -> dict[int | None, Facts]:
    """The orders that events tell of, as they stand now, by the event's id."""
    wanted = {row.event_id: row.facts["order"] for row in deliveries if isinstance(row.facts.get("order"), int)}
    found = Order.objects.in_bulk(set(wanted.values())) if wanted else {}
    return {event_id: _order(found[pk]) for event_id, pk in wanted.items() if pk in found}


def _order(order: Order) -> Facts:
    return {
        "id": order.pk,
        "source": order.source,
        "external_id": order.external_id,
        "number": order.number,
        "status": order.status,
        "placed_at": order.placed_at.isoformat(),
        "revenue": str(order.revenue),
        "returned": str(order.returned),
        "currency": order.currency,
    }
