"""Expected gaps and stages."""

import pytest

from segmentation.rules.rhythm import Ratios, expected_gap, lifecycle, usable_gap
from segmentation.rules.worth import value_at_risk

RATIOS = Ratios(at_risk=1.5, lapsed=2.5, lost=5.0)


def test_after_one_order_the_gap_is_that_of_the_segment():
    assert expected_gap(1, 0, 40.0) == 40.0


def test_few_gaps_are_drawn_to_the_segment_and_many_speak_for_themselves():
    assert expected_gap(3, 20, 40.0) == 25.0
    assert expected_gap(101, 1000, 40.0) == pytest.approx(10.6, abs=0.1)


@pytest.mark.parametrize(
    ("days", "stage"),
    [(0, "new"), (30, "new"), (31, "active"), (44, "active"), (45, "at_risk"), (75, "lapsed"), (150, "lost")],
)
def test_one_time_buyers_are_new_for_one_gap(days, stage):
    assert lifecycle(1, days, 30.0, RATIOS) == stage


def test_with_the_second_purchase_a_customer_is_active():
    assert lifecycle(2, 0, 30.0, RATIOS) == "active"


def test_a_rhythm_needs_enough_repeat_buyers():
    assert usable_gap("A", 30)
    assert not usable_gap("A", 29)
    assert usable_gap("", 5)
    assert not usable_gap("", 4)


def test_value_at_risk_is_the_prediction_times_the_probability_of_leaving():
    assert value_at_risk(10_000, 0.75, "active") == 2500


def test_where_nobody_knows_who_is_alive_the_stage_judges():
    assert value_at_risk(10_000, None, "at_risk") == 5000
    assert value_at_risk(10_000, None, "lost") == 0
