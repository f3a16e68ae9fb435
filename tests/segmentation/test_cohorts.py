"""Cohorts by month, channel, first product and first manager, against numbers computed by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from acquisition.models import Acquisition
from core.periods import company_day
from core.roles import Role
from customers.actions import add_event, mark_stale
from customers.models import EventKind, Order, OrderLine, OrderStatus
from segmentation.actions import recompute_cohorts, recompute_statistics, refresh_stale, settle_origins
from segmentation.models import CohortCell, CohortMonth, CustomerOrigin, Policy
from tests.factories.acquisition import ChannelFactory
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory, ProductFactory, category_of

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 4, 10)
NOON = datetime(2026, 4, 10, 9, tzinfo=UTC)
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)


def order(customer, day, *, hour=9, **fields) -> Order:
    """1,000 of revenue, 600 of cost."""
    moment = datetime.fromisoformat(f"{day}T{hour:02}:00").replace(tzinfo=UTC)
    return OrderFactory(customer=customer, placed_at=moment, placed_on=company_day(moment), **fields)


def line(of: Order, product, position: int, revenue: int) -> OrderLine:
    return OrderLine.objects.create(order=of, product=product, position=position, quantity=1, revenue=revenue)


def night() -> None:
    recompute_statistics(as_of=AS_OF)
    settle_origins(as_of=AS_OF)
    recompute_cohorts(as_of=AS_OF)


def cells(dimension: str = "all", value: str = "") -> dict[tuple[date, int], tuple[int, int, int, Decimal]]:
    """(month, age) → customers, returned, orders, margin."""
    rows = CohortCell.objects.filter(dimension=dimension, value=value)
    return {(row.first_month, row.age): (row.customers, row.returned, row.orders, row.margin) for row in rows}


def test_a_month_of_a_cohort_counts_its_customers_orders_and_margin():
    anna, boris, vera = CustomerFactory.create_batch(3)
    for day in ("2026-01-05", "2026-01-20", "2026-03-02", "2026-04-01"):
        order(anna, day)
    order(boris, "2026-01-31")
    order(boris, "2026-02-01", status=OrderStatus.CANCELLED, revenue=0, known_cost=0)
    order(vera, "2026-02-10")
    order(vera, "2026-03-10")
    order(vera, "2026-03-11")
    order(vera, "2026-04-11")  # not yet
    night()
    assert cells() == {
        (JANUARY, 0): (2, 0, 3, 1200),
        (JANUARY, 2): (1, 1, 1, 400),
        (JANUARY, 3): (1, 0, 1, 400),
        (FEBRUARY, 0): (1, 0, 1, 400),
        (FEBRUARY, 1): (1, 1, 2, 800),
    }
    months = {(row.first_month, row.month): row.margin for row in CohortMonth.objects.all()}
    assert months[JANUARY, date(2026, 3, 1)] == 400


def test_goods_without_a_cost_earn_the_margin_of_their_customer_s_kind():
    Policy.objects.filter(kind="company").update(margin_rate=Decimal("0.5"))
    for kind in ("person", "company"):
        order(CustomerFactory(kind=kind), "2026-01-05", revenue=1000, known_cost=0, uncosted_revenue=1000)
    night()
    assert cells()[JANUARY, 0] == (2, 0, 2, 300 + 500)


def test_cohorts_are_told_apart_by_the_channel_of_the_first_order():
    ChannelFactory(code="ads")
    anna = CustomerFactory(channel_code="ads")
    order(anna, "2026-01-05", channel_code="ads")
    order(anna, "2026-02-05", channel_code="other")
    order(CustomerFactory(), "2026-01-06", channel_code="")
    night()
    assert cells("channel", "ads") == {(JANUARY, 0): (1, 0, 1, 400), (JANUARY, 1): (1, 1, 1, 400)}
    assert cells("channel") == {(JANUARY, 0): (1, 0, 1, 400)}


def test_the_first_product_is_that_of_the_dearest_line_of_the_first_order():
    tea, cup = (ProductFactory(category=category_of(name)) for name in ("Tea", "Cups"))
    customer = CustomerFactory()
    later = order(customer, "2026-01-05", hour=12)
    line(later, cup, 1, 9000)
    first = order(customer, "2026-01-05", hour=9)
    line(first, cup, 1, 300)
    line(first, tea, 2, 700)
    night()
    assert CustomerOrigin.objects.get().first_product == tea
    assert cells("category", str(tea.category_id))[JANUARY, 0] == (1, 0, 2, 800)


def test_the_first_manager_stays_when_the_customer_is_handed_over():
    first, second = UserFactory.create_batch(2, role=Role.FARMER)
    kept, moved, late = (CustomerFactory(owner=owner) for owner in (first, second, second))
    for customer in (kept, moved, late):
        order(customer, "2026-01-05")
    for customer, sender in ((moved, first.pk), (late, None)):
        data = {"from": sender, "to": second.pk, "by": None}
        add_event(customer_id=customer.pk, kind=EventKind.OWNER_CHANGED, at=NOON, data=data)
    night()
    owners = dict(CustomerOrigin.objects.values_list("customer", "first_owner"))
    assert owners == {kept.pk: first.pk, moved.pk: first.pk, late.pk: second.pk}
    assert cells("owner", str(first.pk))[JANUARY, 0][0] == 2


def test_nobody_s_customer_gets_a_first_manager_with_the_first_owner():
    customer = CustomerFactory(owner=None)
    order(customer, "2026-01-05")
    night()
    assert CustomerOrigin.objects.get().first_owner is None
    customer.owner = UserFactory(role=Role.FARMER)
    customer.save()
    night()
    assert CustomerOrigin.objects.get().first_owner == customer.owner


def test_a_second_night_changes_nothing():
    order(CustomerFactory(), "2026-01-05")
    night()
    settled = settle_origins(as_of=AS_OF)
    assert (settled.attributed, settled.origins) == (0, 0)


def test_a_late_order_moves_the_first_day_channel_and_product():
    customer = CustomerFactory()
    order(customer, "2026-02-05", channel_code="ads")
    night()
    late = order(customer, "2026-01-05", channel_code="fair")
    line(late, ProductFactory(name="Tea"), 1, 1000)
    night()
    assert Acquisition.objects.get().told_code == "fair"
    assert CustomerOrigin.objects.get().first_product.name == "Tea"
    assert list(cells()) == [(JANUARY, 0), (JANUARY, 1)]


@pytest.mark.parametrize("by_night", [True, False])
def test_another_channel_of_the_same_day_s_order_is_seen_by_its_stale_mark(by_night):
    """Nothing in the statistics moves when only the code of the first order is corrected."""
    customer = CustomerFactory()
    first = order(customer, "2026-01-05", channel_code="ads")
    night()
    Order.objects.filter(pk=first.pk).update(channel_code="fair")
    mark_stale(customer_ids=[customer.pk], at=NOON)
    if by_night:
        recompute_statistics(as_of=AS_OF)
    else:
        assert refresh_stale(now=NOON) == 1
    assert Acquisition.objects.get().told_code == "fair"


def test_who_has_no_order_left_is_forgotten():
    customer = CustomerFactory()
    first = order(customer, "2026-01-05")
    night()
    Order.objects.filter(pk=first.pk).update(status=OrderStatus.CANCELLED, revenue=0, known_cost=0)
    night()
    assert not CustomerOrigin.objects.exists()
    assert not Acquisition.objects.exists()
    assert not cells()
