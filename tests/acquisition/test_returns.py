"""ROMI and payback, by hand."""

from decimal import Decimal as D

from acquisition.rules.returns import Acquired, payback, romi, together


def test_romi_is_what_came_back_less_what_was_paid():
    assert romi(D(150), D(100)) == D("0.5")
    assert romi(D(0), D(100)) == -1
    assert romi(D(150), D(0)) is None


def test_payback_is_the_month_of_life_that_covers_the_cost():
    assert payback([(D(100), [D(40), D(30), D(30), D(500)])]) == 3
    assert payback([(D(100), [D(40), D(30)])]) is None
    assert payback([(D(100), [])]) is None
    assert payback([]) is None


def test_each_month_of_life_adds_the_margin_of_those_who_have_reached_it():
    # Month 1: (60 + 20) ÷ 200 = 0.4. Month 2: 50 ÷ 100 = 0.5. Month 3: 10 ÷ 100 = 0.1, together 1.
    assert payback([(D(100), [D(60), D(50), D(10)]), (D(100), [D(20)])]) == 3


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
