"""In which class an inquiry is, and what it cost and would have brought."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from acquisition.rules.leaks import Facts, State, Tally, Terms, conversion, expected_of_new, state_of

AT = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)
LATER = DAY + timedelta(days=100)


def told(**more):
    given = {"kind": "call", "at": AT, "happened_on": DAY, "is_answered": True, "is_captured": True}
    return Facts(**given | more)


def judged(facts, today=LATER, now=None):
    return state_of(facts, Terms(), now or AT + timedelta(days=100), today)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"is_spam": True, "has_order": True}, State.SPAM),
        ({"has_order": True, "is_answered": False}, State.ORDERED),
        ({"is_answered": False}, State.MISSED),
        ({"is_answered": False, "contacted_at": AT + timedelta(hours=24)}, State.RECOVERED),
        ({"is_answered": False, "contacted_at": AT + timedelta(hours=24, seconds=1)}, State.MISSED),
        ({"is_answered": False, "is_captured": False}, State.MISSED),
        ({"is_captured": False}, State.UNCAPTURED),
        ({}, State.FORGOTTEN),
        ({"met_on": DAY + timedelta(days=7)}, State.KEPT),
        ({"met_on": DAY + timedelta(days=8)}, State.FORGOTTEN),
        ({"met_on": DAY + timedelta(days=8), "next_step_on": DAY + timedelta(days=1)}, State.KEPT),
        ({"next_step_on": date.max}, State.IN_WORK),
        ({"kind": "form", "is_answered": False}, State.MISSED),
        ({"kind": "form", "is_answered": False, "contacted_at": AT, "met_on": DAY}, State.KEPT),
        ({"kind": "chat", "is_answered": False, "contacted_at": AT, "is_captured": False}, State.UNCAPTURED),
    ],
)
def test_each_inquiry_is_in_one_class(facts, state):
    assert judged(told(**facts)) == state


def test_what_is_still_in_time_is_in_work():
    assert judged(told(), today=DAY + timedelta(days=7)) == State.IN_WORK
    assert judged(told(), today=DAY + timedelta(days=8)) == State.FORGOTTEN
    waits = told(next_step_on=DAY + timedelta(days=30))
    assert judged(waits, today=DAY + timedelta(days=37)) == State.IN_WORK
    form = told(kind="form", is_answered=False)
    assert judged(form, now=AT + timedelta(hours=24)) == State.IN_WORK
    assert judged(form, now=AT + timedelta(hours=25)) == State.MISSED
    # A call is missed at once: whoever rang does not wait a day.
    assert judged(told(is_answered=False), now=AT) == State.MISSED


def test_a_channel_with_few_inquiries_is_judged_by_all():
    every = Tally(100, 20)
    assert conversion(Tally(30, 15), every) == Decimal("0.5")
    assert conversion(Tally(29, 29), every) == Decimal("0.2")
    assert conversion(Tally(), Tally()) == 0
    assert expected_of_new(Decimal(1) / 3, Decimal("100.00")) == Decimal("33.33")
