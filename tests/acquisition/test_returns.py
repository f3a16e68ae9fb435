"""ROMI and payback, by hand."""

from decimal import Decimal as D

import pytest

from acquisition.rules.returns import Acquired, Cohort, average_life, lived, payback, romi, together


def test_romi_is_what_came_back_less_what_was_paid():
    assert romi(D(150), D(100)) == D("0.5")
    assert romi(D(0), D(100)) == -1
    assert romi(D(150), D(0)) is None


@pytest.mark.parametrize(("cost", "months"), [("300", 0), ("400", 0), ("401", 1), ("1000", 2), ("5000", None)])
def test_payback_is_the_month_that_reaches_the_cost(cost: str, months: int | None):
    assert payback([D(400), D(600), D(1000)], D(cost)) == months


def test_without_a_cost_there_is_no_payback():
    assert payback([D(400)], None) is None
    assert payback([D(400)], D(0)) is None
    assert payback([], D(1)) is None


def test_each_month_of_life_adds_the_margin_of_those_who_have_lived_through_it():
    # (60 + 20) ÷ 4 customers, then 50 ÷ 1 and 10 ÷ 1: the three who are younger say nothing of those months.
    older, younger, newest = Cohort(1, [D(60), D(50), D(10)]), Cohort(3, [D(20)]), Cohort(7, [])
    assert average_life([older, younger, newest]) == [20, 70, 80]
    assert average_life([newest, Cohort(0, [D(5)])]) == []


def test_what_nobody_has_lived_through_yet_is_told_by_those_won_earlier():
    own = [Cohort(2, [D(20), D(10)]), Cohort(2, [D(40)])]
    earlier = [Cohort(4, [D(400), D(400), D(8), D(0), D(4)]), Cohort(1, [D(0), D(0), D(7)]), Cohort(0, [])]
    # (20 + 40) ÷ 4 and 10 ÷ 2 of their own; then (8 + 7) ÷ 5, 0 ÷ 4, 4 ÷ 4.
    assert average_life(own, earlier) == [15, 20, 23, 23, 24]
    assert (lived(own), payback(average_life(own, earlier), D(24)), payback(average_life(own), D(24))) == (2, 4, None)
    assert average_life([Cohort(7, [])], earlier) == []


def test_unknown_spend_is_not_zero():
    unknown = Acquired(new_customers=5, judged=5, realised=D(100))
    assert (unknown.loaded, unknown.paid, unknown.romi, unknown.times) == (None, None, None, None)
    free = Acquired(new_customers=5, is_known=True)
    assert (free.loaded, free.paid) == (0, 0)


def test_sums_are_divided_and_not_means():
    one = Acquired(spend=D(300), is_known=True, new_customers=1, inquiries=2, judged=1, realised=D(100))
    other = Acquired(spend=D(100), is_known=True, new_customers=3, judged=3, realised=D(500), predicted_12=D(200))
    both = together([one, other])
    assert (both.loaded, both.per_inquiry, both.realised_each) == (D(100), D(200), D(150))
    assert (both.romi, both.romi_12) == (D("0.5"), D(1))
    assert together([]).is_known is False
