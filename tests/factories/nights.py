"""A small base after a night, with every number known by hand.

Orders bring 1,000 and 400 of margin each. The night is that of 20 March 2026:

customer  first order  orders  grade  stage    forecast 12 / 36  alive  at risk
Anna      10 Jan 2025       5  A      active      5,000 / 9,000    0.9      500
Boris     20 Jan 2025       2  D      lapsed      1,000 / 2,000    0.4      600
Vera      10 Feb 2026       1  B      new         1,500 / 3,000    0.7      450
Gleb      10 Mar 2026       1  B      at risk       500 / 2,200    0.5      250

All of them can be reached. In February 4,000 were paid, 3,000 of it for advertising.
"""

from datetime import UTC, date, datetime, time

from acquisition.actions import attribute_customers
from customers.models import Customer
from segmentation import actions
from segmentation.models import PurchaseStatistics, Standing
from tests.factories.acquisition import ChannelFactory, SpendFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory

NIGHT = date(2026, 3, 20)
NOON = "2026-03-20T12:00:00Z"
ANNA = ["2025-01-10", "2025-02-10", "2025-03-10", "2025-03-25", "2026-03-05"]
BORIS = ["2025-01-20", "2025-06-01"]


def known_base() -> None:
    """The base above, with its orders, spend and figures."""
    channel = ChannelFactory(code="ads")
    SpendFactory(channel=channel, month=date(2026, 2, 1), amount=3000)
    SpendFactory(channel=channel, month=date(2026, 2, 1), kind="salaries", amount=1000)
    people = {
        "Anna": (ANNA, ("A", "active", 5000, 9000, 0.9, 500)),
        "Boris": (BORIS, ("D", "lapsed", 1000, 2000, 0.4, 600)),
        "Vera": (["2026-02-10"], ("B", "new", 1500, 3000, 0.7, 450)),
        "Gleb": (["2026-03-10"], ("B", "at_risk", 500, 2200, 0.5, 250)),
    }
    for name, (days, _figures) in people.items():
        customer = CustomerFactory(name=name, channel_code="ads")
        ContactPointFactory(customer=customer)
        bought(customer, days)
    attribute_customers(as_of=NIGHT)
    actions.recompute_statistics(as_of=NIGHT)
    for name, (_days, figures) in people.items():
        stands(Customer.objects.get(name=name), *figures)
    close_night()


def bought(customer: Customer, days: list[str]) -> None:
    """An order at noon of each day."""
    for day in map(date.fromisoformat, days):
        OrderFactory(customer=customer, placed_on=day, placed_at=datetime.combine(day, time(9), tzinfo=UTC))


def stands(
    customer: Customer,
    grade: str,
    stage: str,
    predicted_12: int,
    predicted_36: int,
    alive: float | None,
    at_risk: int,
) -> None:
    """What the night concludes about a customer; the realised margin is that of the statistics."""
    Standing.objects.create(
        customer=customer,
        as_of=NIGHT,
        grade=grade,
        lifecycle=stage,
        lifecycle_since=NIGHT,
        expected_gap_days=30,
        realised=PurchaseStatistics.objects.get(customer=customer).margin,
        predicted_12=predicted_12,
        predicted_36=predicted_36,
        p_alive=alive,
        value_at_risk=at_risk,
        method="mbg_nbd",
    )


def close_night(on: date = NIGHT) -> None:
    """The last steps of the night: the snapshot and the cohorts."""
    actions.take_snapshot(as_of=on)
    actions.recompute_cohorts(as_of=on)
