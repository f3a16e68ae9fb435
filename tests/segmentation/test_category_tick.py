"""Grades by category within a minute: by the thresholds of the night, and as the night would find them."""

from datetime import timedelta

import pytest

from customers.models import Customer, Order, OrderLine, Product, ProductCategory
from segmentation import actions
from segmentation.actions.category_grades import Regraded, regrade_categories, regrade_customers
from segmentation.models import CategoryGrade, CategoryGradeChange, CategoryMeasure, Policy
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, conclude, mark, order

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> ProductCategory:
    return ProductCategory.objects.create(name="Tea")


def poured(customer: Customer, tea: ProductCategory, revenue: int) -> None:
    """A line of tea in each order of the customer that has none yet."""
    product, _made = Product.objects.get_or_create(sku="tea", defaults={"category": tea})
    for each in Order.objects.filter(customer=customer, lines=None):
        OrderLine.objects.create(order=each, position=1, product=product, quantity=1, revenue=revenue)


def tick(*customers: Customer) -> None:
    mark(*customers)
    actions.refresh_stale(now=NIGHT)


def grades() -> dict[int, str]:
    return dict(CategoryGrade.objects.values_list("customer_id", "grade"))


def policy(tea: ProductCategory, **fields: object) -> None:
    """Three orders are many, 1,000 is a high check."""
    fixed = {"count_mode": "fixed", "count_value": 3, "check_mode": "fixed", "check_value": 1000}
    Policy.objects.create(kind="person", category=tea, **{"effective_from": AS_OF, **fixed, **fields})


def night() -> Regraded:
    conclude()
    return regrade_categories(as_of=AS_OF)


def test_a_tick_grades_as_the_night_would(tea):
    policy(tea)
    seldom, often = buyer_of([5]), buyer_of([5, 6])
    for customer in (seldom, often):
        poured(customer, tea, 500)
    night()
    assert grades() == {seldom.pk: "D", often.pk: "D"}
    order(often, 0)
    poured(often, tea, 500)
    newcomer = buyer_of([1])
    poured(newcomer, tea, 5000)
    tick(often, newcomer)
    assert grades() == {seldom.pk: "D", often.pk: "C", newcomer.pk: "B"}
    assert CategoryGradeChange.objects.get(customer=often).new == "C"
    again = night()
    assert (again.changed, again.written, again.removed) == (0, 0, 0)


def test_without_a_night_that_measured_the_policy_a_tick_grades_nobody(tea):
    policy(tea)
    customer = buyer_of([5])
    poured(customer, tea, 500)
    tick(customer)
    assert not CategoryGrade.objects.exists()
    night()
    policy(tea, effective_from=AS_OF + timedelta(days=1), check_value=100)
    mark(customer)
    actions.refresh_stale(now=NIGHT + timedelta(days=1))
    assert grades() == {customer.pk: "D"}


def test_who_has_no_order_left_has_no_grade_and_nobody_else_is_touched(tea):
    policy(tea)
    gone, stays = buyer_of([5]), buyer_of([5])
    for customer in (gone, stays):
        poured(customer, tea, 500)
    night()
    Order.objects.filter(customer=gone).update(status="cancelled", revenue=0, known_cost=0)
    CategoryGrade.objects.filter(customer=stays).update(orders=77)
    tick(gone)
    assert list(CategoryGrade.objects.values_list("customer_id", "orders")) == [(stays.pk, 77)]
    assert CategoryMeasure.objects.count() == 1


def test_without_a_policy_of_a_category_a_tick_looks_once(tea, django_assert_max_num_queries):
    customer = buyer_of([5])
    conclude()
    with django_assert_max_num_queries(1):
        regrade_customers(as_of=AS_OF, customer_ids=[customer.pk])
