"""Customers with figures, as the night leaves them; written directly."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from customers.models import Customer
from segmentation.models import PurchaseStatistics, Standing
from tests.factories.customers import ContactPointFactory, CustomerFactory

AS_OF = date(2026, 6, 1)
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def buyer(*, phone: str = "", email: str = "", days_ago: int = 10, **figures: Any) -> Customer:
    """A customer with statistics and a standing; `figures` go to whichever of the three has the field."""
    of_customer = {name: figures.pop(name) for name in ("name", "owner", "kind", "city") if name in figures}
    customer = CustomerFactory(**of_customer)
    last_on = AS_OF - timedelta(days=days_ago)
    orders = figures.pop("orders", 3)
    PurchaseStatistics.objects.create(
        customer=customer,
        orders=orders,
        purchase_days=orders,
        first_on=last_on - timedelta(days=100),
        last_on=last_on,
        revenue=3000,
        margin=1200,
        first_margin=400,
        window_orders=orders,
        window_revenue=3000,
    )
    usual = {"grade": "A", "lifecycle": "active", "realised": 1200, "value_at_risk": 500, "method": "mbg_nbd"}
    Standing.objects.create(
        customer=customer,
        as_of=AS_OF,
        lifecycle_since=AS_OF,
        expected_gap_days=30,
        p_alive=0.75,
        predicted_12=2000,
        predicted_36=5000,
        **(usual | figures),
    )
    for channel, value in (("phone", phone), ("email", email)):
        if value:
            ContactPointFactory(customer=customer, channel=channel, value=value)
    return customer
