"""Cadence, pressure, outcomes and the ranking, without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from touches.rules.cadence import Regularity, effective_grade, next_touch_on
from touches.rules.outcomes import Effect, effect_of, next_working_day
from touches.rules.pressure import Limit, is_pressed
from touches.rules.worklist import Candidate, Reason, ReasonKind, day_plan, ranked, reasons_for, score

TODAY = date(2026, 3, 16)
NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)
EVERY_14 = Regularity(14, "call")


def candidate(**facts) -> Candidate:
    known = {
        "customer_id": 1,
        "value_at_risk": Decimal(0),
        "grade": "A",
        "lifecycle": "active",
        "last_touch": None,
        "next_touch_on": None,
    }
    return Candidate(**known | facts)


def test_the_next_touch_is_counted_from_the_last_touch_by_a_person():
    due = next_touch_on(EVERY_14, last_touch=date(2026, 3, 1), last_order=date(2026, 3, 10), lifecycle="active")
    assert due == date(2026, 3, 15)


def test_a_customer_whom_nobody_touched_is_due_after_the_last_order():
    due = next_touch_on(EVERY_14, last_touch=None, last_order=date(2026, 3, 10), lifecycle="active")
    assert due == date(2026, 3, 24)


@pytest.mark.parametrize(
    ("regularity", "last_order", "lifecycle"),
    [(None, TODAY, "active"), (EVERY_14, None, ""), (EVERY_14, TODAY, "lost")],
)
def test_there_is_no_regular_touch_without_a_cadence_a_start_or_for_the_lost(regularity, last_order, lifecycle):
    assert next_touch_on(regularity, last_touch=None, last_order=last_order, lifecycle=lifecycle) is None


def test_the_mark_x_stands_over_the_letter():
    assert effective_grade("D", is_x=True) == "X"
    assert effective_grade("D", is_x=False) == "D"


def test_a_message_exactly_as_old_as_the_span_no_longer_presses():
    limits = [Limit(1, 2)]
    assert is_pressed([NOON - timedelta(days=2, seconds=-1)], NOON, limits)
    assert not is_pressed([NOON - timedelta(days=2)], NOON, limits)


def test_each_limit_is_judged_by_itself():
    weekly = [NOON - timedelta(days=days) for days in (3, 10, 17, 24)]
    assert is_pressed(weekly, NOON, [Limit(1, 2), Limit(4, 30)])
    assert not is_pressed(weekly[:3], NOON, [Limit(1, 2), Limit(4, 30)])
    assert is_pressed([], NOON, [Limit(0, 1)])


@given(st.lists(st.integers(0, 60)), st.integers(1, 40), st.integers(1, 6))
def test_one_more_message_never_takes_the_pressure_away(days_ago, span, most):
    times = [NOON - timedelta(days=days) for days in days_ago]
    limits = [Limit(most, span)]
    if is_pressed(times, NOON, limits):
        assert is_pressed([*times, NOON], NOON, limits)


def test_work_is_done_when_the_customer_was_spoken_to_and_waits_when_not():
    assert effect_of("reached") is effect_of("refused") is effect_of("call_back") is Effect.SETTLES
    assert effect_of("no_answer") is effect_of("wrong_contact") is Effect.POSTPONES


def test_the_day_after_friday_is_monday():
    assert next_working_day(date(2026, 3, 13)) == date(2026, 3, 16)
    assert next_working_day(date(2026, 3, 16)) == date(2026, 3, 17)


def test_the_reasons_of_one_customer_are_merged_the_strongest_first():
    task = Reason(ReasonKind.RECOVER, TODAY, 5, "Gave us 2")
    found = reasons_for(
        candidate(
            tasks=(task,),
            lifecycle="at_risk",
            value_at_risk=Decimal(100),
            next_touch_on=TODAY - timedelta(days=3),
        ),
        TODAY,
    )
    assert [reason.kind for reason in found] == [ReasonKind.RECOVER, ReasonKind.AT_RISK, ReasonKind.CADENCE]
    assert found[-1].days_late(TODAY) == 3


def test_a_customer_touched_today_is_done_with():
    late = candidate(last_touch=TODAY, tasks=(Reason(ReasonKind.MANUAL, TODAY, 1),))
    assert reasons_for(late, TODAY) == []


def test_a_customer_who_named_a_later_day_is_left_alone_until_then():
    promised = Reason(ReasonKind.CALL_BACK, TODAY + timedelta(days=3), 1)
    assert reasons_for(candidate(next_touch_on=TODAY, tasks=(promised,)), TODAY) == []
    assert reasons_for(candidate(next_touch_on=TODAY, tasks=(promised,)), promised.due_on) != []


def test_a_leaving_customer_comes_back_to_the_list_a_week_after_a_touch():
    leaving = {"lifecycle": "lapsed", "value_at_risk": Decimal(10)}
    assert reasons_for(candidate(last_touch=TODAY - timedelta(days=6), **leaving), TODAY) == []
    assert reasons_for(candidate(last_touch=TODAY - timedelta(days=7), **leaving), TODAY) != []


def test_a_leaving_customer_with_nothing_to_lose_is_no_reason():
    assert reasons_for(candidate(lifecycle="at_risk"), TODAY) == []


def test_value_at_risk_leads_and_the_kind_of_work_moves_it_by_tens():
    recover = [Reason(ReasonKind.RECOVER, TODAY, 1)]
    cadence = [Reason(ReasonKind.CADENCE, TODAY)]
    assert score(Decimal(999), recover, TODAY) == pytest.approx(6.0)
    assert score(Decimal(2_000_000), cadence, TODAY) > score(Decimal(999), recover, TODAY)
    assert score(Decimal(500_000), cadence, TODAY) < score(Decimal(999), recover, TODAY)


def test_lateness_adds_two_points_at_most():
    def late(days):
        return score(Decimal(0), [Reason(ReasonKind.CADENCE, TODAY - timedelta(days=days))], TODAY)

    assert late(0) == 0
    assert late(15) == pytest.approx(1)
    assert late(30) == late(3000) == pytest.approx(2)


@given(
    st.lists(st.tuples(st.decimals(0, 10**9, places=2), st.sampled_from(ReasonKind), st.integers(0, 90)), max_size=20)
)
def test_the_list_is_in_falling_order_with_everybody_once(rows):
    people = [
        candidate(
            customer_id=number,
            value_at_risk=value,
            tasks=(Reason(kind, TODAY - timedelta(days=late), number),),
        )
        for number, (value, kind, late) in enumerate(rows)
    ]
    items = ranked(people, TODAY)
    assert [item.place for item in items] == sorted(item.place for item in items)
    assert sorted(item.customer_id for item in items) == list(range(len(rows)))


def test_the_plan_of_the_day_is_a_days_work_at_most_and_never_less_than_what_is_done():
    assert day_plan(done=2, left=5) == 7
    assert day_plan(done=2, left=500) == 40
    assert day_plan(done=55, left=500) == 55
