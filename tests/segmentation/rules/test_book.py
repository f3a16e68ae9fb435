"""The causes of a change of the base value, and which night closes a month."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules.book import LOSSES, Cause, Worth, closes_better, month_to_close, move

REACHABLE, SILENT = Worth(100, True), Worth(100, False)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, REACHABLE, (Cause.ACQUIRED, 100)),
        (SILENT, Worth(70, True), (Cause.REACHABLE_AGAIN, 70)),
        (REACHABLE, Worth(130, True), (Cause.EXPANDED, 30)),
        (REACHABLE, Worth(60, True), (Cause.SHRUNK, 40)),
        (REACHABLE, None, (Cause.GONE, 100)),
        (REACHABLE, Worth(130, False), (Cause.UNREACHABLE, 100)),
        (REACHABLE, REACHABLE, None),
        (SILENT, None, None),
        (None, SILENT, None),
        (SILENT, Worth(5, False), None),
    ],
)
def test_each_change_has_one_cause(before, now, expected) -> None:
    assert move(before, now) == expected


worths = st.none() | st.builds(Worth, st.integers(0, 10**15), st.booleans())


@given(st.lists(st.tuples(worths, worths)))
def test_the_causes_explain_all_of_the_difference(pairs) -> None:
    def total(side: int) -> int:
        return sum(pair[side].value for pair in pairs if pair[side] and pair[side].is_reachable)

    moves = [found for before, now in pairs if (found := move(before, now))]
    assert total(0) + sum(-amount if cause in LOSSES else amount for cause, amount in moves) == total(1)


def test_the_first_night_of_a_month_closes_the_one_before() -> None:
    assert month_to_close(date(2026, 3, 1)) == date(2026, 2, 1)
    assert month_to_close(date(2026, 3, 20)) == date(2026, 2, 1)
    assert month_to_close(date(2026, 1, 1)) == date(2025, 12, 1)


def test_the_night_of_the_last_day_closes_its_own() -> None:
    assert month_to_close(date(2026, 2, 28)) == date(2026, 2, 1)
    assert month_to_close(date(2026, 12, 31)) == date(2026, 12, 1)


def test_the_night_nearest_to_the_end_closes_best() -> None:
    march = date(2026, 3, 1)
    last, first, second, late = date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 20)
    assert closes_better(late, None, march)
    assert closes_better(late, late, march)
    assert closes_better(first, last, march)
    assert closes_better(first, late, march)
    assert not closes_better(second, first, march)
    assert not closes_better(late, last, march)
