"""Which grade the numbers make."""

import pytest

from segmentation.rules.grades import Thresholds, cut_above, cut_from, fewest_of_many, grade

LIMITS = Thresholds(count=4.5, check=1000.0, hysteresis=0.1)


@pytest.mark.parametrize(
    ("orders", "check", "expected"), [(9, 2000, "A"), (2, 2000, "B"), (9, 500, "C"), (2, 500, "D")]
)
def test_a_new_buyer_is_graded_by_the_bare_thresholds(orders, check, expected):
    assert grade("", orders, check, LIMITS) == expected


def test_without_an_order_in_the_window_the_last_grade_stays():
    assert grade("B", 0, 0.0, LIMITS) == "B"
    assert grade("", 0, 0.0, LIMITS) == ""


@pytest.mark.parametrize(
    ("previous", "check", "expected"),
    [("D", 1050, "D"), ("D", 1101, "B"), ("B", 950, "B"), ("B", 900, "B"), ("B", 899, "D")],
)
def test_sides_change_only_past_the_hysteresis(previous, check, expected):
    assert grade(previous, 2, check, LIMITS) == expected


def test_hysteresis_holds_for_each_side_by_itself():
    # 4.05 to 4.95 orders would be the band: no whole number is in it.
    assert grade("A", 4, 950, LIMITS) == "B"
    assert grade("D", 5, 1050, LIMITS) == "C"


def test_many_begins_above_the_quantile_so_that_one_time_buyers_are_few_where_the_median_is_one():
    limits = Thresholds(count=cut_above(1.0), check=1000.0, hysteresis=0.1)
    assert grade("", 1, 500, limits) == "D"
    assert grade("", 2, 500, limits) == "C"
    assert grade("C", 1, 500, limits) == "D"


def test_a_fixed_threshold_is_the_least_that_counts_as_many():
    assert cut_from(3) == 2.5
    assert cut_from(2.2) == 2.5
    assert fewest_of_many(cut_from(3)) == 3


def test_a_quantile_between_two_numbers_cuts_between_them():
    assert cut_above(2.5) == 2.5
    assert fewest_of_many(cut_above(2.0)) == 3
