"""The statements that grade a million customers say what the rules say."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation import actions
from segmentation.models import Measure, Policy, PurchaseStatistics, Standing
from segmentation.rules.grades import Thresholds, grade
from segmentation.rules.rhythm import Ratios, expected_gap, lifecycle, segment_gap
from tests.factories.customers import CustomerFactory
from tests.factories.segmentation import AS_OF, NIGHT, measured

pytestmark = pytest.mark.django_db

# Near the thresholds of 4.5 orders and 10.00, with a hysteresis of 10 %: that is where mistakes live.
buyers = st.lists(
    st.tuples(
        st.sampled_from(["", "A", "B", "C", "D"]),
        st.integers(0, 7),
        st.sampled_from([0, 899, 900, 901, 1000, 1099, 1100, 1101, 3333]),
        st.integers(1, 4),
        st.integers(0, 60),
        st.integers(0, 200),
    ),
    min_size=1,
    max_size=12,
)
GAPS = {"": 20.0, "A": 7.0, "D": 45.0}


def statistics(customer, orders, check, purchase_days, days_between, days_since) -> PurchaseStatistics:
    last_on = AS_OF - timedelta(days=days_since)
    return PurchaseStatistics(
        customer=customer,
        orders=max(orders, purchase_days),
        purchase_days=purchase_days,
        first_on=last_on - timedelta(days=days_between if purchase_days > 1 else 0),
        last_on=last_on,
        revenue=0,
        margin=0,
        first_margin=0,
        window_orders=orders,
        window_revenue=(orders * check + 1) / 100 if orders else 0,
    )


def expected(previous: str, row: PurchaseStatistics) -> tuple[str, str, float]:
    check = float(row.window_revenue * 100) / row.window_orders if row.window_orders else 0.0
    new = grade(previous, row.window_orders, check, Thresholds(4.5, 1000.0, 0.1))
    between = (row.last_on - row.first_on).days
    gap = expected_gap(row.purchase_days, between, segment_gap(GAPS, new))
    stage = lifecycle(row.purchase_days, (AS_OF - row.last_on).days, gap, Ratios(1.5, 2.5, 5.0))
    return new, stage, gap


def prepare(people) -> list[PurchaseStatistics]:
    for model in (Standing, PurchaseStatistics, Measure):
        model.objects.all().delete()
    measured(count="4.5", check=10, **GAPS)
    rows = []
    for previous, *numbers in people:
        customer = CustomerFactory()
        rows.append(statistics(customer, *numbers))
        if previous:
            Standing.objects.create(
                customer=customer,
                as_of=AS_OF,
                grade=previous,
                grade_since=AS_OF,
                lifecycle="active",
                lifecycle_since=AS_OF,
                expected_gap_days=1,
                realised=0,
            )
    PurchaseStatistics.objects.bulk_create(rows)
    return rows


@settings(max_examples=100)
@given(buyers)
def test_sql_equals_the_rules(people):
    rows = prepare(people)
    actions.conclude_customers(as_of=AS_OF, now=NIGHT, customer_ids=[row.customer_id for row in rows])
    standings = Standing.objects.in_bulk()
    for (previous, *_numbers), row in zip(people, rows, strict=True):
        found = standings[row.customer_id]
        assert (found.grade, found.lifecycle, found.expected_gap_days) == expected(previous, row)
    with connection.cursor() as cursor:
        # Each example concludes about its own customers only.
        cursor.execute("DELETE FROM segmentation_gradechange; DELETE FROM segmentation_lifecyclechange")


def test_the_default_policies_say_what_the_design_says():
    numbers = ("window_days", "count_mode", "count_value", "check_mode", "check_value", "hysteresis")
    half, tenth = Decimal("0.5"), Decimal("0.1")
    assert dict.fromkeys(("person", "company"), (365, "quantile", half, "quantile", half, tenth)) == {
        policy.kind: tuple(getattr(policy, name) for name in numbers) for policy in Policy.objects.all()
    }
