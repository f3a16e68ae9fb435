"""The score, its error, and the timing, without a database."""

from datetime import date, datetime, timedelta
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nps.rules.recovery import recovery_due
from nps.rules.score import GOOD_PART, Score, score_of
from nps.rules.timing import asking_window, link_is_open, may_correct

NOON = datetime(2026, 3, 16, 12)
SCORES = st.lists(st.integers(0, 10), min_size=1, max_size=200)


def test_the_score_is_the_share_of_promoters_minus_the_share_of_detractors():
    assert score_of([10, 9, 9, 8, 7, 6, 0, 10, 10, 10]).score == pytest.approx(40)


def test_without_answers_there_is_no_score_and_no_error():
    nothing = Score(0, 0, 0, population=100)
    assert (nothing.score, nothing.standard_error, nothing.margin) == (None, None, None)


def test_the_standard_error_is_that_of_the_definition():
    p, d, n = 0.5, 0.2, 100
    assert Score(50, 30, 20).standard_error == pytest.approx(100 * sqrt((p + d - (p - d) ** 2) / n))


def test_a_good_part_of_the_base_narrows_the_error_and_the_whole_of_it_leaves_none():
    wide = Score(50, 30, 20).standard_error
    assert Score(50, 30, 20, population=200).standard_error == pytest.approx(wide * sqrt(100 / 199))
    assert Score(50, 30, 20, population=100).standard_error == 0
    assert Score(50, 30, 20, population=80).standard_error == 0
    assert Score(50, 30, 20, population=100_000).standard_error == wide


@given(SCORES)
def test_the_error_is_the_deviation_of_the_mean_of_plus_and_minus_ones(answers):
    values = [1 if a >= 9 else -1 if a <= 6 else 0 for a in answers]
    n, mean = len(values), sum(values) / len(values)
    deviation = sqrt(sum((value - mean) ** 2 for value in values) / n)
    found = score_of(answers)
    assert found.score == pytest.approx(100 * mean)
    assert found.standard_error == pytest.approx(100 * deviation / sqrt(n), abs=1e-5)


@given(SCORES, st.integers(0, 10_000))
def test_the_factor_never_widens_the_error_and_begins_at_a_good_part(answers, population):
    free, bound = score_of(answers), score_of(answers, population)
    assert 0 <= bound.standard_error <= free.standard_error <= 100
    assert -100 <= free.score <= 100
    if population and len(answers) < GOOD_PART * population:
        assert bound.standard_error == free.standard_error


@given(SCORES)
def test_a_promoter_more_never_lowers_the_score(answers):
    assert score_of([*answers, 10]).score >= score_of(answers).score - 1e-9


def test_orders_are_asked_about_from_a_day_to_two_weeks_after():
    window = asking_window(NOON)
    assert (window.first, window.last) == (NOON - timedelta(days=14), NOON - timedelta(days=1))


def test_links_last_sixty_days_and_answers_may_be_corrected_for_seven():
    assert link_is_open(NOON - timedelta(days=60), NOON)
    assert not link_is_open(NOON - timedelta(days=61), NOON)
    assert may_correct(NOON - timedelta(days=7), NOON)
    assert not may_correct(NOON - timedelta(days=8), NOON)


def test_an_unhappy_customer_is_called_the_same_day_and_in_the_evening_the_next():
    assert recovery_due(NOON) == date(2026, 3, 16)
    assert recovery_due(NOON.replace(hour=16)) == date(2026, 3, 17)
