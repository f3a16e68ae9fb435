"""Arithmetic of acquisition costs, without a database."""

from datetime import date
from decimal import Decimal

import pytest

from acquisition.rules import Cost, add_costs, amount_of, change, cost_per_customer, month_of, ratio


def test_paid_counts_advertising_and_fully_loaded_counts_everything():
    # By hand: 48,000 of advertising + 12,000 of salaries + 3,600 of tools won 24 customers.
    cost = Cost(advertising=Decimal(48_000), spend=Decimal(63_600), new_customers=24)
    assert cost.paid == Decimal("2000.00")
    assert cost.fully_loaded == Decimal("2650.00")


def test_nobody_won_means_no_cost_and_not_a_cost_of_zero():
    assert Cost(advertising=Decimal(500), spend=Decimal(500)).paid is None
    assert cost_per_customer(Decimal(0), 0) is None


def test_customers_won_for_nothing_cost_nothing():
    assert cost_per_customer(Decimal(0), 3) == 0


def test_the_cost_is_rounded_half_up_to_hundredths():
    assert cost_per_customer(Decimal("0.05"), 2) == Decimal("0.03")


def test_the_cost_of_two_months_is_that_of_their_sums():
    # 100 for 1 customer and 100 for 9: 20 each, not the mean of 100 and 11.11.
    months = [Cost(Decimal(100), Decimal(100), 1), Cost(Decimal(100), Decimal(100), 9)]
    assert add_costs(months).paid == 20


def test_no_months_cost_nothing_and_win_nobody():
    assert add_costs([]) == Cost()


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (Decimal(110), Decimal(100), Decimal("0.1")),
        (Decimal(50), Decimal(100), Decimal("-0.5")),
        (Decimal(50), Decimal(0), None),
        (None, Decimal(100), None),
        (Decimal(50), None, None),
    ],
)
def test_change_is_relative_and_unknown_without_something_before(now, before, expected):
    assert change(now, before) == expected


def test_a_ratio_to_no_cost_is_unknown():
    assert ratio(Decimal(900), Decimal(300)) == 3
    assert ratio(Decimal(900), Decimal(0)) is None
    assert ratio(None, Decimal(300)) is None
    assert ratio(Decimal(900), None) is None


@pytest.mark.parametrize("text", ["2026-11", "2026-11-01", " 2026-11 "])
def test_a_month_is_read_with_and_without_its_day(text):
    assert month_of(text) == date(2026, 11, 1)


@pytest.mark.parametrize("text", ["2026-13", "2026-11-02", "1999-12", "2100-01", "11.2026", "", "٢٠٢٦-11"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError):
        month_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("48300", "48300"),
        ("48 300,50", "48300.50"),
        ("48\u00a0300,5 ₽", "48300.5"),
        ("48,300.50", "48300.50"),
        ("48,300", "48300"),
        ("0", "0"),
        ("-5", "-5"),
    ],
)
def test_an_amount_is_read_as_people_type_it(text, expected):
    assert amount_of(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["", "NaN", "Infinity", "1e5", "12.345", "1,2,3", "ten", "1" * 16])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError):
        amount_of(text)
