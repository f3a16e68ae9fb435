"""Customers with orders, for what is computed out of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from customers.models import Customer, Order, StaleMark
from segmentation import actions
from segmentation.models import Measure, Policy
from tests.factories.customers import CustomerFactory, OrderFactory

AS_OF = date(2026, 6, 1)
NIGHT = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)


def order(customer: Customer, days_ago: int, **fields: Any) -> Order:
    """An order placed at noon, so many days before AS_OF; negative is after it."""
    day = AS_OF - timedelta(days=days_ago)
    placed_at = datetime.combine(day, time(9), tzinfo=UTC)
    return OrderFactory(customer=customer, placed_at=placed_at, placed_on=day, **fields)


def buyer_of(days_ago: Sequence[int], *, kind: str = "person", **fields: Any) -> Customer:
    """A customer with an order on each of the days, counted back from AS_OF."""
    customer = CustomerFactory(kind=kind)
    for each in days_ago:
        order(customer, each, **fields)
    return customer


def conclude(as_of: date = AS_OF, now: datetime = NIGHT) -> None:
    """What a night does to statistics and standings."""
    actions.recompute_statistics(as_of=as_of)
    actions.conclude_base(as_of=as_of, now=now)


def measured(*, count: str = "2.5", check: int = 1000, buyers: int = 1000, on: date = AS_OF, **gaps: float) -> None:
    """Thresholds as a night over many buyers would have left them, the same for each kind."""
    for policy in Policy.objects.all():
        Measure.objects.create(
            kind=policy.kind,
            on=on,
            policy=policy,
            buyers=buyers,
            count_threshold=count,
            check_threshold=check,
            gaps=gaps or {"": 30},
        )


def mark(*customers: Customer) -> None:
    """Stale marks, as the writers of orders leave them."""
    StaleMark.objects.bulk_create(StaleMark(customer=customer) for customer in customers)
