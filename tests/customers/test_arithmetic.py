"""What an order brought: discounts, returns, costs, other currencies."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.arithmetic import ProductCost, allocate, cost_order, price_order
from customers.rules.faults import Faulty
from customers.rules.records import CustomerData, LineData, OrderData
from tests.customers import payloads

AMOUNTS = st.decimals(0, 10_000, places=2)
SHARES = st.integers(0, 100)


def priced(read, **changes):
    return price_order(read(payloads.order(**changes)), 2)


def test_revenue_is_the_lines_after_their_discounts(read):
    result = priced(read)
    assert (result.revenue, result.discount, result.returned) == (116_50, 5_00, 0)
    assert [line.revenue for line in result.lines] == [21_00, 95_50]


def test_a_discount_of_the_whole_order_is_spread_over_the_lines_to_the_kopeck(read):
    result = priced(read, discount="16.50")
    assert result.revenue == 100_00
    assert sum(line.revenue for line in result.lines) == 100_00
    assert result.discount == 21_50


def test_returned_goods_take_their_revenue_and_their_cost_with_them(read):
    lines = [{"sku": "TEA", "quantity": 4, "amount": "100", "cost": "60", "returned_quantity": 1}]
    result = priced(read, lines=lines)
    assert (result.revenue, result.returned) == (75_00, 25_00)
    assert cost_order(result, {}) == (45_00, 0)


def test_a_cancelled_order_brings_nothing(read):
    result = priced(read, status="cancelled")
    assert result.revenue == 0
    assert cost_order(result, {"TEA": ProductCost(unit_cost=500)}) == (0, 0)


def test_a_returned_order_brings_nothing_and_says_what_came_back(read):
    result = priced(read, status="returned")
    assert (result.revenue, result.returned) == (0, 116_50)


def test_cost_comes_from_the_line_then_the_product_then_the_category(read):
    lines = [
        {"sku": "A", "quantity": 2, "amount": "100", "cost": "70"},
        {"sku": "B", "quantity": 2, "amount": "100"},
        {"sku": "C", "quantity": 2, "amount": "100"},
        {"sku": "D", "quantity": 2, "amount": "100"},
    ]
    costs = {
        "A": ProductCost(unit_cost=1),
        "B": ProductCost(unit_cost=30_00, margin_rate=Decimal("0.9")),
        "C": ProductCost(margin_rate=Decimal("0.25")),
        "D": ProductCost(),
    }
    assert cost_order(priced(read, lines=lines), costs) == (70_00 + 60_00 + 75_00, 100_00)


def test_an_order_without_lines_has_its_own_cost_or_none(read):
    told = priced(read, lines=[], total="100", cost="60", returned="50")
    assert (told.revenue, *cost_order(told, {})) == (50_00, 30_00, 0)
    untold = priced(read, lines=[], total="100")
    assert cost_order(untold, {}) == (0, 100_00)


def test_another_currency_is_turned_into_the_companys(read):
    lines = [{"quantity": 3, "price": "9.99", "discount": "1"}]
    assert priced(read, lines=lines, currency="USD", rate="92.5").revenue == 2679_73


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"discount": "500"}, "discount", "discount_too_large"),
        ({"returned": "500"}, "returned", "returned_too_large"),
        ({"total": "120"}, "total", "total_mismatch"),
        ({"lines": [], "total": "10", "returned": "11"}, "returned", "returned_too_large"),
        (
            {"lines": [{"amount": 1, "returned_quantity": 2}]},
            "lines.0.returned_quantity",
            "returned_too_large",
        ),
        ({"lines": [{"amount": 1, "returned_amount": 2}]}, "lines.0.returned_amount", "returned_too_large"),
        ({"currency": "USD", "rate": 10**9, "lines": [{"amount": 10**12}]}, "lines.0.amount", "too_large"),
    ],
)
def test_sums_that_contradict_each_other_are_refused(read, changes, field, code):
    with pytest.raises(Faulty) as refusal:
        priced(read, **changes)
    assert (refusal.value.faults[0].field, refusal.value.faults[0].code) == (field, code)


def test_a_total_may_differ_by_the_rounding_of_the_lines(read):
    assert priced(read, total="116.51").revenue == 116_50


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.integers(0, 100))
def test_what_is_spread_adds_up_and_no_share_exceeds_its_weight(weights, percent):
    total = sum(weights) * percent // 100
    shares = allocate(total, weights)
    assert sum(shares) == total
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@given(st.lists(st.tuples(AMOUNTS, SHARES, SHARES), min_size=1, max_size=8), SHARES)
def test_money_neither_appears_nor_gets_lost(lines, discounted):
    """Net revenue + returns + the order's discount = the sums of the lines; all revenue is costed or not."""
    told = [
        LineData(quantity=Decimal(1), amount=amount, sku=str(i), returned_amount=amount * returned / 100)
        for i, (amount, returned, _margin) in enumerate(lines)
    ]
    before = price_order(order_of(told), 2)
    discount = Decimal(before.revenue * discounted // 100) / 100
    result = price_order(replace(order_of(told), discount=discount), 2)
    assert result.revenue + result.returned + result.discount == sum(amount for amount, *_ in lines) * 100
    costs = {str(i): ProductCost(margin_rate=Decimal(m) / 100) for i, (*_, m) in enumerate(lines) if m % 2}
    known, uncosted = cost_order(result, costs)
    assert 0 <= uncosted <= result.revenue
    assert 0 <= known <= result.revenue - uncosted


def order_of(lines):
    return OrderData(
        source="shop",
        external_id="1",
        placed_at=datetime(2026, 1, 15, tzinfo=UTC),
        customer=CustomerData(source="shop", external_id="1"),
        currency="RUB",
        lines=tuple(lines),
    )
