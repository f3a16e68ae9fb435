"""Purchase statistics: exact, equal in full and in part, and written only where they changed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.models import Order, ServiceCost, StaleMark
from segmentation.actions import recompute_statistics
from segmentation.actions.statistics import Recomputed
from segmentation.models import Policy, PurchaseStatistics
from tests.factories.customers import CustomerFactory
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, mark, order

pytestmark = pytest.mark.django_db


def recompute(**arguments) -> Recomputed:
    return recompute_statistics(as_of=AS_OF, **arguments)


def statistics(customer) -> PurchaseStatistics:
    return PurchaseStatistics.objects.get(customer=customer)


def test_sums_orders_and_merges_those_of_one_day():
    customer = buyer_of([400, 100, 100, 10])
    recompute()
    row = statistics(customer)
    assert (row.orders, row.purchase_days) == (4, 3)
    assert (row.first_on, row.last_on) == (AS_OF - timedelta(days=400), AS_OF - timedelta(days=10))
    assert (row.revenue, row.margin) == (4000, 1600)
    assert (row.window_orders, row.window_revenue) == (3, 3000)


def test_cancelled_and_returned_orders_do_not_count():
    customer = buyer_of([50])
    for status in ("cancelled", "returned"):
        order(customer, 5, status=status, revenue=0, known_cost=0)
    recompute()
    assert statistics(customer).orders == 1


def test_goods_without_a_cost_earn_the_margin_of_the_policy():
    customer = buyer_of([50], revenue=Decimal("100.01"), known_cost=0, uncosted_revenue=Decimal("100.01"))
    recompute()
    # 30 % of 100.01, after 70.007 of cost were rounded to kopecks.
    assert statistics(customer).margin == Decimal("30.00")


def test_service_lowers_the_margin_but_not_before_it_was_given():
    customer = buyer_of([50])
    ServiceCost.objects.create(customer=customer, kind="sms", amount=Decimal("2.50"), at=NIGHT)
    ServiceCost.objects.create(customer=customer, kind="sms", amount=7, at=NIGHT + timedelta(days=1))
    recompute()
    assert statistics(customer).margin == Decimal("397.50")


def test_the_first_purchase_day_is_kept_apart_with_all_its_orders():
    single, double = buyer_of([90, 20]), buyer_of([90, 90, 20], revenue=500, known_cost=100)
    recompute()
    assert statistics(single).first_margin == 400
    assert statistics(double).first_margin == 800


def test_orders_after_the_day_do_not_exist_yet():
    customer = buyer_of([30, 0, -1])
    recompute()
    assert statistics(customer).last_on == AS_OF


def test_each_kind_has_the_window_of_its_policy():
    Policy.objects.create(kind="company", effective_from=date(2026, 1, 1), window_days=30)
    person, company = buyer_of([10, 60]), buyer_of([10, 60], kind="company")
    recompute()
    assert (statistics(person).window_orders, statistics(company).window_orders) == (2, 1)


def test_the_window_begins_on_its_first_day():
    inside, outside = buyer_of([364]), buyer_of([365])
    recompute()
    assert (statistics(inside).window_orders, statistics(outside).window_orders) == (1, 0)


def test_a_second_time_nothing_is_written():
    buyer_of([400, 10])
    assert recompute() == Recomputed(written=1, removed=0)
    assert recompute() == Recomputed(written=0, removed=0)


def test_only_changed_rows_are_written():
    changed = buyer_of([10])
    buyer_of([20])
    recompute()
    order(changed, 3)
    assert recompute() == Recomputed(written=1, removed=0)


def test_who_has_no_counted_order_any_more_has_no_statistics():
    customer = buyer_of([10])
    recompute()
    Order.objects.update(status="cancelled", revenue=0, known_cost=0)
    assert recompute(customer_ids=[customer.pk]) == Recomputed(written=0, removed=1)
    assert not PurchaseStatistics.objects.exists()


def test_a_part_of_the_base_leaves_the_rest_alone():
    asked, other = buyer_of([10]), buyer_of([10])
    recompute(customer_ids=[asked.pk])
    assert list(PurchaseStatistics.objects.values_list("customer_id", flat=True)) == [asked.pk]
    recompute()
    order(other, 3)
    assert recompute(customer_ids=[asked.pk]) == Recomputed(0, 0)
    assert statistics(other).orders == 1


def test_nobody_is_no_mistake():
    assert recompute() == Recomputed(0, 0)
    assert recompute(customer_ids=[]) == Recomputed(0, 0)
    CustomerFactory()
    assert recompute() == Recomputed(0, 0)


def test_the_full_recompute_does_what_the_marks_ask_for():
    mark(buyer_of([10]))
    recompute()
    assert not StaleMark.objects.exists()
