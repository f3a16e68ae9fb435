"""Old customers against new ones, by hand."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from acquisition.models import RetentionSpend
from campaigns.models import Delivery
from core.periods import company_day
from core.roles import Role
from dashboard.queries.old_new import old_new
from segmentation.models import Cohort, CohortMonth
from tests.factories.acquisition import SpendFactory
from tests.factories.campaigns import EnrolmentFactory, FlowFactory
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)
FEBRUARY, MARCH = date(2026, 2, 1), date(2026, 3, 1)
ENTERED = datetime(2026, 2, 10, 9, tzinfo=UTC)


def passage(flow, margin, *, is_holdout=False, discount=0):
    """A customer who entered in February and brought this margin before the discount."""
    customer = CustomerFactory()
    EnrolmentFactory(
        flow=flow,
        customer=customer,
        is_holdout=is_holdout,
        state="holdout" if is_holdout else "finished",
        entered_at=ENTERED,
        ends_at=ENTERED + timedelta(days=30),
    )
    if margin:
        at = ENTERED + timedelta(days=3)
        OrderFactory(
            customer=customer,
            placed_at=at,
            placed_on=company_day(at),
            revenue=margin - discount + 100,
            known_cost=100,
            uncosted_revenue=0,
            discount=discount,
            promo_code="BACK1" if discount else "",
        )
    return customer


def cohort(month, customers, predicted, *margins):
    Cohort.objects.create(
        month=month, customers=customers, realised=0, predicted_12=predicted, predicted_36=0, alive=0, judged=0
    )
    for age, margin in enumerate(margins):
        year, index = divmod(month.month - 1 + age, 12)
        at = date(month.year + year, index + 1, 1)
        CohortMonth.objects.create(first_month=month, month=at, orders=1, revenue=margin, margin=margin)


@pytest.fixture
def company():
    """February: the flow added 100 to each of 10; 200 for messages, 50 of discount, 300 of salaries."""
    flow = FlowFactory()
    for place in range(10):
        customer = passage(flow, 150 + place % 2, discount=50 if place == 0 else 0)
    for place in range(10):
        passage(flow, 50 + place % 2, is_holdout=True)
    Delivery.objects.create(
        key="x", customer=customer, channel="email", purpose="marketing", due_at=ENTERED, sent_at=ENTERED, cost=200,
        state="sent",
    )  # fmt: skip
    RetentionSpend.objects.create(month=FEBRUARY, kind="salaries", amount=300)
    SpendFactory(month=FEBRUARY, amount=1000)
    SpendFactory(month=MARCH, amount=2000)
    cohort(FEBRUARY, 4, 1200, 300, 200)
    cohort(MARCH, 5, 2400, 400)


def ask(**asked):
    return old_new(**{"first": FEBRUARY, "last": MARCH, "today": TODAY} | asked)


def test_keeping_counts_what_control_groups_prove(company):
    february, march = ask().months
    assert (february.keeping.messages, february.keeping.discounts) == (200, 50)
    assert february.keeping.paid == {"salaries": 300, "tools": None, "other": None}
    assert february.old.spend == 550
    # (150.5 - 50.5) x 10, the discount put back.
    assert february.old.margin == 1000
    assert february.old.per_unit == Decimal(1000) / 550
    assert (march.old.spend, march.old.margin, march.old.per_unit) == (None, None, None)


def test_winning_counts_the_first_year_and_what_is_left_of_it(company):
    february, march = ask().months
    # 300 + 200 so far, and 10 of 12 months of the forecast of 1,200.
    assert (february.winning.realised, february.winning.expected) == (500, 1000)
    assert (february.new.margin, february.new.per_unit) == (1500, Decimal("1.5"))
    # 400 and 11 of 12 months of 2,400; one more unit: (2,600 - 1,500) ÷ (2,000 - 1,000).
    assert (march.new.margin, march.new.marginal) == (2600, Decimal("1.1"))


def test_together_adds_both_months(company):
    whole = ask().whole
    assert (whole.new.spend, whole.new.margin) == (3000, 4100)
    assert (whole.old.spend, whole.old.margin) == (550, 1000)


def test_the_margin_of_a_second_year_is_left_out():
    SpendFactory(month=FEBRUARY, amount=100)
    cohort(FEBRUARY, 1, 1200, *([10] * 14))
    (pair,) = ask(last=FEBRUARY, today=date(2027, 3, 20)).months
    assert (pair.winning.realised, pair.winning.expected) == (120, 0)


def test_a_difference_that_may_be_chance_is_shown_apart():
    flow = FlowFactory()
    for margin in (0, 500, 0, 700):
        passage(flow, margin)
    for margin in (0, 300, 0, 600):
        passage(flow, margin, is_holdout=True)
    keeping = ask().months[0].keeping
    # (1,200 - 900) ÷ 4 x 4.
    assert (keeping.proved, keeping.unproved) == (0, 300)


def test_a_flow_without_a_control_group_proves_nothing():
    passage(FlowFactory(), 100)
    keeping = ask().months[0].keeping
    assert (keeping.proved, keeping.unproved) == (0, None)


def test_months_without_anything_are_not_known():
    report = ask()
    assert not report.has_anything
    assert [(pair.old.spend, pair.new.spend) for pair in report.months] == [(None, None)] * 2


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=Role.MANAGER, language="en"))
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        yield client


def test_the_page_answers_and_opens_its_arithmetic(manager, company):
    page = manager.get("/old-new/").content.decode()
    assert "With the customers there are." in page
    assert "(₽150.50 − ₽50.50) × 10 written to" in page
    assert manager.get("/old-new/", {"table": "old-new-arithmetic", "format": "csv"}).status_code == 200


def test_spend_that_has_won_nobody_yet_is_no_missing_spend(manager):
    SpendFactory(month=MARCH, amount=1000)
    page = manager.get("/old-new/").content.decode()
    assert "nobody is won by it yet" in page
    assert "spend of neither side is entered" not in page


def test_the_empty_page_says_what_to_do(manager):
    assert b"Nothing is known of these months yet" in manager.get("/old-new/").content
    assert timezone.now().year == 2026
