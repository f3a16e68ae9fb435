"""Grades, stages and forecasts in the database, with the history of what changed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from customers.models import Order, TimelineEvent
from segmentation import actions
from segmentation.models import (
    GradeChange,
    LifecycleChange,
    Measure,
    ModelFit,
    Policy,
    PurchaseStatistics,
    Standing,
)
from segmentation.queries import measures_in_force
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of, conclude, mark, measured, order

pytestmark = pytest.mark.django_db
TOMORROW = AS_OF + timedelta(days=1)


def standing(customer) -> Standing:
    return Standing.objects.get(customer=customer)


def four_corners():
    """One customer of each grade: the medians lie at two orders and at a check of 1,500."""
    return [
        buyer_of([10, 40, 70, 100], revenue=5000),
        buyer_of([10], revenue=5000),
        buyer_of([10, 40, 70, 100], revenue=500),
        buyer_of([10], revenue=500),
    ]


def fixed_policy() -> Policy:
    """From three orders on many, above 1,000 a high check."""
    fixed = {"count_mode": "fixed", "count_value": 3, "check_mode": "fixed", "check_value": 1000}
    return Policy.objects.create(kind="person", effective_from=AS_OF, **fixed)


def test_the_base_falls_into_four_grades_by_its_medians():
    corners = four_corners()
    conclude()
    assert [standing(customer).grade for customer in corners] == ["A", "B", "C", "D"]
    measure = Measure.objects.get(kind="person")
    assert (measure.buyers, measure.count_threshold, measure.check_threshold) == (4, Decimal("2.5"), 2750)


def test_kinds_are_measured_apart():
    buyer_of([10, 20, 30], revenue=100)
    company = buyer_of([10], revenue=90_000, kind="company")
    conclude()
    assert standing(company).grade == "D"
    assert Measure.objects.get(kind="company").check_threshold == 90_000


def test_fixed_thresholds_of_a_policy_go_before_the_base():
    fixed_policy()
    three, two = buyer_of([1, 2, 3], revenue=1500), buyer_of([1, 2], revenue=1500)
    conclude()
    assert (standing(three).grade, standing(two).grade) == ("A", "B")


def test_a_policy_of_tomorrow_is_not_in_force_today():
    Policy.objects.create(kind="person", effective_from=TOMORROW, count_mode="fixed", count_value=1)
    customers = four_corners()
    conclude()
    assert standing(customers[3]).grade == "D"
    conclude(as_of=TOMORROW, now=NIGHT + timedelta(days=1))
    assert standing(customers[3]).grade == "C"


def test_a_change_of_grade_is_kept_with_the_numbers_that_caused_it():
    policy = fixed_policy()
    customer = buyer_of([10], revenue=500)
    conclude()
    for _twice in range(2):
        order(customer, -1, revenue=9500, known_cost=0)
    conclude(as_of=TOMORROW, now=NIGHT + timedelta(days=1))
    first, second = GradeChange.objects.order_by("on")
    assert (first.old, first.new, first.on) == ("", "D", AS_OF)
    assert (second.old, second.new, second.orders, second.average_check) == ("D", "A", 3, 6500)
    assert (second.count_threshold, second.check_threshold) == (Decimal("2.5"), 1000)
    assert second.policy == policy
    assert standing(customer).grade_since == TOMORROW


def test_who_stopped_buying_keeps_the_grade():
    customer = four_corners()[0]
    conclude()
    later = AS_OF + timedelta(days=400)
    conclude(as_of=later, now=NIGHT + timedelta(days=400))
    row = standing(customer)
    assert (row.grade, row.grade_since, row.lifecycle) == ("A", AS_OF, "lost")


def test_who_was_never_graded_gets_the_grade_of_the_own_last_window():
    fixed_policy()
    regular = buyer_of([800, 810, 820, 1170], revenue=1500)
    order(regular, 700, revenue=0, known_cost=0, status="cancelled")
    conclude()
    assert (standing(regular).grade, standing(regular).grade_since) == ("A", AS_OF)
    change = GradeChange.objects.get()
    assert (change.orders, change.average_check) == (3, 1500)


def test_a_grade_once_given_is_not_taken_from_old_orders():
    fixed_policy()
    customer = buyer_of([10, 800, 810, 820], revenue=1500)
    conclude()
    later = AS_OF + timedelta(days=400)
    conclude(as_of=later, now=NIGHT + timedelta(days=400))
    assert standing(customer).grade == "B"


def test_stages_follow_the_customers_own_rhythm():
    weekly = buyer_of([40 + 7 * n for n in range(30)])
    yearly = buyer_of([40, 405, 770])
    conclude()
    assert standing(weekly).lifecycle in ("lapsed", "lost")
    assert standing(yearly).lifecycle == "active"
    assert standing(yearly).next_order_on > AS_OF


def test_a_change_of_stage_is_kept_and_shown_on_the_timeline_once():
    customer = buyer_of([10 * n for n in range(20)])
    conclude()
    later = AS_OF + timedelta(days=400)
    for _again in range(2):
        conclude(as_of=later, now=NIGHT + timedelta(days=400))
    first, second = LifecycleChange.objects.order_by("on")
    assert (first.old, first.new) == ("", "active")
    assert (second.old, second.new, second.days_since_order) == ("active", "lost", 400)
    event = TimelineEvent.objects.get(kind="lifecycle_changed")
    assert (event.customer, event.data) == (customer, {"old": "active", "new": "lost"})


def test_the_first_conclusion_is_history_but_no_event():
    four_corners()
    conclude()
    assert GradeChange.objects.count() == LifecycleChange.objects.count() == 4
    assert not TimelineEvent.objects.exists()


def test_a_past_night_stands_on_its_own_day_of_the_timeline():
    fixed_policy()
    customer = buyer_of([10], revenue=500)
    conclude(now=NIGHT + timedelta(days=500))
    order(customer, -1, revenue=9999, known_cost=0)
    conclude(as_of=TOMORROW, now=NIGHT + timedelta(days=500))
    event = TimelineEvent.objects.get(kind="grade_changed")
    assert event.at.date() == TOMORROW


def test_a_change_undone_on_its_own_day_leaves_no_row():
    measured(check=1000)
    customer = buyer_of([10], revenue=500)
    actions.recompute_statistics(as_of=AS_OF)
    actions.conclude_customers(as_of=AS_OF, now=NIGHT, customer_ids=[customer.pk])
    tomorrow = {"as_of": TOMORROW, "now": NIGHT + timedelta(days=1), "customer_ids": [customer.pk]}
    rich = order(customer, -1, revenue=5000)
    for revenue, expected in ((5000, 1), (500, 0)):
        Order.objects.filter(pk=rich.pk).update(revenue=revenue)
        actions.recompute_statistics(as_of=TOMORROW)
        actions.conclude_customers(**tomorrow)
        assert GradeChange.objects.filter(on=TOMORROW).count() == expected
    assert standing(customer).grade == "D"


def test_two_changes_on_a_day_are_one_from_first_to_last():
    measured(check=1000)
    customer = buyer_of([10, 11, 12], revenue=500)
    actions.recompute_statistics(as_of=AS_OF)
    actions.conclude_customers(as_of=AS_OF, now=NIGHT, customer_ids=[customer.pk])
    Order.objects.update(revenue=5000)
    actions.recompute_statistics(as_of=AS_OF)
    actions.conclude_customers(as_of=AS_OF, now=NIGHT, customer_ids=[customer.pk])
    change = GradeChange.objects.get()
    assert (change.old, change.new, change.average_check) == ("", "A", 5000)


def test_who_has_no_statistics_has_no_standing():
    customer = buyer_of([10])
    conclude()
    Order.objects.update(status="returned", revenue=0, known_cost=0)
    actions.recompute_statistics(as_of=AS_OF)
    assert actions.conclude_base(as_of=AS_OF, now=NIGHT).removed == 1
    assert not Standing.objects.filter(customer=customer).exists()


def test_whoever_goes_on_the_night_that_another_comes_is_noticed():
    """The night looks for the gone only where there are more standings than it concluded about."""
    gone, stays = buyer_of([10]), buyer_of([20])
    conclude()
    Order.objects.filter(customer=gone).delete()
    comes = buyer_of([5])
    conclude(as_of=TOMORROW, now=NIGHT + timedelta(days=1))
    assert {row.customer_id for row in Standing.objects.all()} == {stays.pk, comes.pk}


def test_without_a_fit_nothing_is_foretold():
    customer = buyer_of([10])
    conclude()
    row = standing(customer)
    assert (row.predicted_12, row.value_at_risk, row.p_alive, row.method) == (0, 0, None, "")
    assert row.realised == 400


def foretold():
    """A fit in force."""
    ModelFit.objects.create(
        fitted_at=NIGHT,
        until=AS_OF,
        method="mbg_nbd",
        customers=1000,
        repeat_buyers=500,
        parameters={
            "unit": 7,
            "r": 0.5,
            "alpha": 6.0,
            "a": 0.9,
            "b": 1.6,
            "margin": {
                "p": 6.25,
                "q": 3.74,
                "v": 15_000.0,
                "pooled_mean": 40_000.0,
                "reason": "converged",
                "log_likelihood": -1.0,
                "customers": 500,
                "excluded": 0,
            },
        },
    )


def test_the_fit_in_force_foretells_and_values_the_risk():
    foretold()
    fresh, gone = buyer_of([5, 20, 40, 60]), buyer_of([300, 320, 340, 360])
    conclude()
    assert standing(fresh).p_alive > standing(gone).p_alive
    for row in Standing.objects.all():
        assert row.predicted_36 > row.predicted_12 > 0
        assert float(row.value_at_risk) == pytest.approx(float(row.predicted_12) * (1 - row.p_alive), abs=0.01)
        assert row.method == "mbg_nbd"


def test_bands_of_risk_keep_the_order_of_risk_by_night_and_by_tick():
    foretold()
    people = [buyer_of([days, days + 20, days + 40], revenue=revenue) for days in (5, 90, 200) for revenue in (30, 900)]
    conclude()
    mark(*people[:3])
    actions.refresh_stale(now=NIGHT + timedelta(days=20))
    rows = list(Standing.objects.order_by("value_at_risk"))
    assert len({row.risk_band for row in rows}) > 3
    assert [row.risk_band for row in rows] == sorted(row.risk_band for row in rows)
    assert all((row.risk_band > 0) == (row.value_at_risk > 0) for row in rows)


def test_the_thresholds_in_force_are_the_newest_up_to_the_day():
    measured(on=AS_OF - timedelta(days=1), check=700)
    measured(on=AS_OF, check=800)
    measured(on=TOMORROW, check=900)
    assert measures_in_force(AS_OF)["person"].check_threshold == 800


def test_a_young_base_that_doubled_is_measured_anew_by_a_tick():
    measured(buyers=1, check=0)
    customers = four_corners()
    actions.recompute_statistics(as_of=TOMORROW)
    actions.conclude_customers(as_of=TOMORROW, now=NIGHT, customer_ids=[customers[0].pk])
    assert Measure.objects.get(kind="person", on=TOMORROW).buyers == 4
    assert Standing.objects.count() == 4


def test_a_grown_base_keeps_the_thresholds_of_the_night():
    measured(buyers=1000, check=100)
    customer = buyer_of([10], revenue=500)
    actions.recompute_statistics(as_of=AS_OF)
    actions.conclude_customers(as_of=AS_OF, now=NIGHT, customer_ids=[customer.pk])
    assert standing(customer).grade == "B"
    assert Measure.objects.count() == 2


def test_unchanged_standings_are_not_written():
    four_corners()
    conclude()
    assert actions.conclude_base(as_of=AS_OF, now=NIGHT).written == 0


def test_an_empty_base_is_no_mistake():
    conclude()
    assert not Standing.objects.exists()
    assert not PurchaseStatistics.objects.exists()
