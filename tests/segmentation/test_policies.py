"""Policies of every mode: the statements say what the rules say; a preview says what the night then does."""

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Conflict, InvalidInput
from core.models import Change
from core.periods import company_day
from customers.models import AccessEntry, Customer, Order
from segmentation import actions
from segmentation.models import Measure, Policy, PurchaseStatistics, Standing
from segmentation.queries import past_policies, policy_in_force
from segmentation.queries.grades import preview, read_thresholds
from segmentation.queries.grades_sql import ROOM
from segmentation.rules.grades import cut_above, cut_from, pareto_cut
from tests.factories.core import ManagerFactory
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, conclude, order

pytestmark = pytest.mark.django_db
TOMORROW = AS_OF + timedelta(days=1)
OF_WINDOW = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 5000)), min_size=1, max_size=15)


def policy(**fields) -> Policy:
    return Policy(kind="person", effective_from=AS_OF, **fields)


def in_statistics(people) -> None:
    """Buyers of the window with so many orders for so much (minor units)."""
    PurchaseStatistics.objects.all().delete()
    customers = Customer.objects.bulk_create(Customer(kind="person", name="Buyer") for _ in people)
    PurchaseStatistics.objects.bulk_create(
        PurchaseStatistics(
            customer=customer,
            orders=orders,
            purchase_days=1,
            first_on=AS_OF,
            last_on=AS_OF,
            revenue=0,
            margin=0,
            first_margin=0,
            window_orders=orders,
            window_revenue=Decimal(revenue) / 100,
        )
        for customer, (orders, revenue) in zip(customers, people, strict=True)
    )


@settings(max_examples=20)
@given(OF_WINDOW, st.sampled_from(["0.5", "0.8", "0.95"]))
def test_pareto_in_sql_equals_the_rule(people, share):
    in_statistics(people)
    found = read_thresholds(policy(count_mode="pareto", count_value=share, check_mode="pareto", check_value=share))
    least, _out = pareto_cut([(orders, orders) for orders, _ in people], float(share))
    _least, beyond = pareto_cut([(revenue / orders, revenue) for orders, revenue in people], float(share))
    assert (found.count, found.check) == (cut_from(least), Decimal(round(beyond)) / 100)


def test_pareto_by_hand():
    """100 orders: 50 + 30 + 15 + 5. Four fifths are made by the first two; the third's check bounds the checks."""
    people = [(50, 5000), (30, 3000), (15, 1500), (5, 500)]
    assert pareto_cut([(orders, orders) for orders, _ in people], 0.8) == (30, 15)
    assert pareto_cut([(7.0, 80.0), (3.0, 20.0)], 0.8) == (7.0, 3.0)
    assert pareto_cut([(7.0, 80.0), (3.0, 20.0)], 0.81) == (3.0, 0.0)
    assert pareto_cut([], 0.8) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("mode", "value", "count", "check"),
    [
        ("median", "0.9", cut_above(2.5), 150),
        ("quantile", "0.75", cut_above(3.25), 250),
        ("pareto", "0.5", cut_from(3), 100),
        ("fixed", "3", cut_from(3), 3),
    ],
)
def test_each_mode_by_hand(mode, value, count, check):
    """Orders 1, 2, 3, 4 at checks of 400, 200, 100, 100: the revenue is 400 + 400 + 300 + 400 of 1,500."""
    in_statistics([(1, 40_000), (2, 40_000), (3, 30_000), (4, 40_000)])
    found = read_thresholds(policy(count_mode=mode, count_value=value, check_mode=mode, check_value=value))
    assert (found.buyers, found.count, found.check) == (4, count, check)


def test_nobody_bought_nothing_fails():
    for mode in ("median", "pareto", "fixed"):
        found = read_thresholds(policy(count_mode=mode, count_value="0.8", check_mode=mode, check_value="0.8"))
        assert found.buyers == 0
    assert preview(policy(), as_of=AS_OF).cells == []


def random_base(count: int) -> None:
    """Persons with random orders; some bought only before the window, some companies stand beside them."""
    dice = random.Random(7)
    for place in range(count):
        back = 400 if place % 10 == 0 else 0
        days = [back + dice.randrange(1, 360) for _ in range(dice.choice((1, 1, 2, 3, 5, 8)))]
        buyer_of(days, revenue=dice.randrange(300, 5000), kind="company" if place % 20 == 1 else "person")


@pytest.mark.parametrize(
    ("count", "fields"),
    [
        (200, {"count_mode": "fixed", "count_value": 2, "check_mode": "pareto", "check_value": "0.4"}),
        (60, {"count_mode": "pareto", "count_value": "0.5", "check_mode": "median", "window_days": 120}),
    ],
)
def test_a_preview_says_what_the_night_then_does(count, fields):
    random_base(count)
    conclude()
    before = dict(Standing.objects.values_list("customer_id", "grade"))
    new = policy(**fields)
    seen = preview(new, as_of=AS_OF, most=None)
    new.save()
    conclude()
    persons = Standing.objects.filter(customer__kind="person").values_list("customer_id", "grade")
    after = Counter((before[pk], grade) for pk, grade in persons)
    assert {(cell.before, cell.after): cell.customers for cell in seen.cells} == after
    assert len(seen.moved) >= 3
    assert {mover.customer_id: mover.after for mover in seen.movers} == {
        pk: grade for pk, grade in persons if before[pk] != grade
    }
    measure = Measure.objects.get(kind="person", on=AS_OF)
    assert (seen.found.count, seen.found.check) == (float(measure.count_threshold), measure.check_threshold)
    assert sum(seen.of(way).customers for way in ("up", "down", "across", "came")) == seen.changed.customers


def test_the_money_of_a_preview_is_that_of_the_standings():
    customer = buyer_of([10, 20, 30], revenue=1000)
    buyer_of([10], revenue=1000)
    conclude()
    Standing.objects.filter(customer=customer).update(predicted_12=70_000, value_at_risk=500)
    seen = preview(policy(count_mode="fixed", count_value=9), as_of=AS_OF)
    (mover,) = seen.movers
    assert (mover.customer_id, mover.before, mover.after, mover.orders) == (customer.pk, "C", "D", 3)
    assert (seen.changed.revenue, seen.changed.predicted_12, seen.changed.value_at_risk) == (3000, 70_000, 500)


def test_a_preview_writes_nothing(django_assert_num_queries):
    buyer_of([10], revenue=1000)
    conclude()
    with django_assert_num_queries(3) as asked:
        preview(policy(), as_of=AS_OF)
    assert all(each["sql"].lstrip().removeprefix(ROOM).lstrip().startswith(("SELECT", "WITH")) for each in asked)
    assert Policy.objects.count() == 2


def test_a_future_policy_takes_force_by_the_night_of_its_day_and_ends_the_one_before():
    user = ManagerFactory()
    customer = buyer_of([1, 2, 3], revenue=500)
    buyer_of([4], revenue=500)
    conclude()
    new = actions.add_policy(
        policy=Policy(kind="person", effective_from=TOMORROW, count_mode="fixed", count_value=9), by=user, today=AS_OF
    )
    conclude()
    assert Standing.objects.get(customer=customer).grade == "C"
    assert policy_in_force("person", AS_OF) != new
    conclude(as_of=TOMORROW, now=NIGHT + timedelta(days=1))
    assert Standing.objects.get(customer=customer).grade == "D"
    assert policy_in_force("person", TOMORROW) == new
    persons = [(each, until) for each, until in past_policies(TOMORROW) if each.kind == "person"]
    assert [until for _each, until in persons] == [None, AS_OF]


def test_a_policy_to_come_can_be_withdrawn_and_one_that_has_begun_cannot():
    user = ManagerFactory()
    new = actions.add_policy(policy=Policy(kind="person", effective_from=TOMORROW), by=user, today=AS_OF)
    with pytest.raises(Conflict):
        actions.withdraw_policy(policy_id=new.pk, today=TOMORROW)
    actions.withdraw_policy(policy_id=new.pk, today=AS_OF)
    assert Policy.objects.count() == 2
    gone = Change.objects.filter(table_name="segmentation_policy", operation="D").get()
    assert gone.before["effective_from"] == TOMORROW.isoformat()


def test_a_past_day_is_refused():
    with pytest.raises(InvalidInput):
        actions.add_policy(
            policy=Policy(kind="person", effective_from=AS_OF - timedelta(days=1)), by=ManagerFactory(), today=AS_OF
        )


def test_who_loses_the_last_order_is_gone_in_the_history_and_may_come_back():
    customer = buyer_of([10], revenue=1000)
    conclude()
    Order.objects.filter(customer=customer).update(status="cancelled", revenue=0, known_cost=0, uncosted_revenue=0)
    conclude(as_of=TOMORROW, now=NIGHT + timedelta(days=1))
    assert list(customer.grade_changes.order_by("on").values_list("old", "new")) == [("", "D"), ("D", "")]
    assert list(customer.lifecycle_changes.order_by("on").values_list("old", "new")) == [("", "new"), ("new", "")]
    order(customer, 0, revenue=1000)
    conclude(as_of=TOMORROW, now=NIGHT + timedelta(days=1))
    assert list(customer.grade_changes.values_list("old", "new")) == [("", "D")]


# The pages.


def address(**changes) -> dict:
    names = ["hysteresis", "at_risk_ratio", "lapsed_ratio", "lost_ratio", "margin_rate", "discount_rate"]
    present = Policy.objects.filter(kind="person").earliest("effective_from")
    usual = {"kind": "person", "window_days": 365, "count_mode": "median", "check_mode": "median"}
    tomorrow = company_day(timezone.now()) + timedelta(days=1)
    return {name: getattr(present, name) for name in names} | usual | {"effective_from": tomorrow} | changes


@pytest.fixture
def manager(client):
    user = ManagerFactory(language="en", may_export=True)
    client.force_login(user)
    return user


@pytest.fixture
def base():
    today = company_day(timezone.now())
    shift = (AS_OF - today).days
    for days, revenue in (([3, 4, 5], 1000), ([6], 1000), ([7, 8], 300)):
        buyer_of([each + shift for each in days], revenue=revenue)
    conclude(as_of=today, now=timezone.now())


def test_the_preview_page_tells_whom_and_how_much_and_offers_to_put_in_force(client, manager, base):
    asked = address(count_mode="fixed", count_value="9")
    answer = client.get(reverse("policy_preview"), asked)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer.context["preview"].changed.customers == 1
    assert "Put in force from this day" in page
    assert Policy.objects.count() == 2
    file = client.get(reverse("policy_preview"), asked | {"table": "matrix", "format": "csv"})
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[0].startswith("Now")
    assert client.post(reverse("policies"), asked).status_code == 302
    assert Policy.objects.get(count_mode="fixed").created_by == manager


def test_the_list_of_movers_leaves_with_a_reason_that_is_written_down(client, manager, base):
    asked = address(count_mode="fixed", count_value="9")
    url = f"{reverse('policy_preview_list')}?" + "&".join(f"{key}={value}" for key, value in asked.items())
    refused = client.post(f"{url}&table=movers&format=csv", {"reason": ""})
    assert (refused.status_code, "Say what the list is for" in refused.content.decode()) == (422, True)
    file = client.post(f"{url}&table=movers&format=csv", {"reason": "a check by hand"})
    assert len(b"".join(file.streaming_content).decode().splitlines()) == 2
    assert AccessEntry.objects.get(by=manager).detail["reason"] == "a check by hand"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count_mode": "pareto", "count_value": "80"}, "count_value"),
        ({"check_mode": "quantile", "check_value": ""}, "check_value"),
        ({"count_mode": "fixed", "count_value": ""}, "count_value"),
        ({"is_end": "on"}, "category"),
        ({"category": "999999"}, "category"),
    ],
)
def test_bad_values_are_refused_in_words(client, manager, changes, field):
    answer = client.get(reverse("policy_preview"), address(**changes))
    assert (answer.status_code, field in answer.context["form"].errors) == (422, True)


def test_pareto_without_a_share_takes_four_fifths(client, manager):
    client.post(reverse("policies"), address(count_mode="pareto", check_mode="pareto"))
    new = Policy.objects.get(count_mode="pareto")
    assert (new.count_value, new.check_value) == (Decimal("0.8"), Decimal("0.8"))


def test_rules_to_come_are_withdrawn_on_the_page(client, manager):
    client.post(reverse("policies"), address())
    new = Policy.objects.get(created_by=manager)
    client.post(reverse("policy_withdraw", args=[new.pk]))
    assert not Policy.objects.filter(pk=new.pk).exists()
    assert client.post(reverse("policy_withdraw", args=[new.pk])).status_code == 404
