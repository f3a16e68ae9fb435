"""What a row of the worklist shows besides its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf

from core.frozen import Frozen
from core.money import from_minor
from customers.models import ContactChannel, ContactPoint, ContactStatus, Customer, Order, OrderLine
from touches.models import Task, TaskKind, TaskState, Touch
from touches.queries.ranking import Ranked
from touches.rules.cadence import effective_grade
from touches.rules.worklist import Candidate, Reason, ReasonKind, reasons_for

LINES_SHOWN = 3


@dataclass(frozen=True)
class LastOrder:
    """The customer's newest counted order."""

    number: str
    placed_on: date
    revenue: Decimal
    names: tuple[str, ...]


@dataclass(frozen=True)
class Reachable:
    """A valid address to work with, as a page needs it to be opened."""

    pk: int
    channel: str
    value: str


@dataclass(frozen=True)
class Row:
    """One customer of the worklist with the reasons, strongest first."""

    ranked: Ranked
    reasons: tuple[Reason, ...]
    customer: Customer
    phone: Reachable | None
    email: Reachable | None
    last_order: LastOrder | None
    last_touch: Touch | None


def rows_of(items: Sequence[Ranked], as_of: date) -> list[Row]:
    """Reasons, names, addresses, last order and last touch of the ranked customers, in the same order."""
    ids = [item.place.customer_id for item in items]
    shown = {customer.pk: customer for customer in _customers(ids, as_of)} if ids else {}
    rows = (_row(item, shown[item.place.customer_id], as_of) for item in items if item.place.customer_id in shown)
    return [row for row in rows if row.reasons]


def _row(item: Ranked, customer: Any, as_of: date) -> Row:
    candidate = Candidate(
        item.place.customer_id,
        item.value_at_risk,
        effective_grade(item.letter, item.is_x),
        item.lifecycle,
        item.last_touch,
        item.next_touch_on,
        tuple(_reason(task) for task in customer.tasks_json),
    )
    return Row(
        item,
        tuple(reasons_for(candidate, as_of)),
        customer,
        phone=_reachable(customer.phone_json),
        email=_reachable(customer.email_json),
        last_order=_last_order(customer.order_json),
        last_touch=_last_touch(customer.touch_json),
    )


def _customers(ids: Sequence[int], as_of: date) -> QuerySet[Customer]:
    # Those due now, and the promises to call later.
    tasks = Task.objects.filter(
        Q(due_on__lte=as_of) | Q(kind=TaskKind.CALL_BACK), customer=OuterRef("pk"), state=TaskState.OPEN
    )
    task_json = JSONObject(id="id", kind="kind", due_on="due_on", note="note")
    return (
        Customer.objects.filter(pk__in=ids)
        .only("name", "city", "owner_id")
        .annotate(tasks_json=ArraySubquery(tasks.values(json=task_json)), **_READ_ALONG)
    )


def _order() -> Subquery:
    orders = Order.objects.counted().filter(customer=OuterRef("pk")).order_by("-placed_on", "-pk")
    order_json = JSONObject(
        number=Coalesce(NullIf("number", Value("")), "external_id"),
        placed_on="placed_on",
        revenue="revenue",
        names=ArraySubquery(_line_names()),
    )
    return Subquery(orders.values(json=order_json)[:1])


def _touch() -> Subquery:
    touches = Touch.objects.filter(customer=OuterRef("pk"), by__isnull=False).order_by("-at")
    return Subquery(touches.values(json=JSONObject(at="at", channel="channel", outcome="outcome"))[:1])


def _line_names() -> QuerySet:
    lines = OrderLine.objects.filter(order=OuterRef("pk")).order_by("position")
    name = Coalesce(NullIf(F("name"), Value("")), "product__name", Value(""))
    return lines.annotate(shown_name=name).values("shown_name")[:LINES_SHOWN]


def _address(channel: str) -> Subquery:
    points = ContactPoint.objects.filter(customer=OuterRef("pk"), channel=channel, status=ContactStatus.VALID)
    point_json = JSONObject(pk="pk", channel="channel", value="value")
    return Subquery(points.order_by("-created_at", "-pk").values(json=point_json)[:1])


_READ_ALONG = {
    "phone_json": Frozen(lambda: _address(ContactChannel.PHONE)),
    "email_json": Frozen(lambda: _address(ContactChannel.EMAIL)),
    "order_json": Frozen(_order),
    "touch_json": Frozen(_touch),
}


def _reachable(found: dict[str, Any] | None) -> Reachable | None:
    return Reachable(**found) if found else None


def _reason(task: dict[str, Any]) -> Reason:
    return Reason(ReasonKind(task["kind"]), date.fromisoformat(task["due_on"]), task["id"], task["note"])


def _last_order(found: dict[str, Any] | None) -> LastOrder | None:
    if found is None:
        return None
    return LastOrder(
        number=found["number"],
        placed_on=date.fromisoformat(found["placed_on"]),
        revenue=from_minor(found["revenue"]),
        names=tuple(name for name in found["names"] if name),
    )


def _last_touch(found: dict[str, Any] | None) -> Touch | None:
    return Touch(**found | {"at": datetime.fromisoformat(found["at"])}) if found else None
