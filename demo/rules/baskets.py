"""What is in each invented order, and the money of it, in kopecks (or other minor units)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.rules.catalogue import CATEGORIES, ITEMS
from demo.rules.fates import CANCELLED, RETURNED, Fates
from demo.rules.purchases import Purchases, Traits

INFLATION_A_YEAR = 1.07
MOST_LINES = 5
EXTRA_LINES = 0.9
CHECK_NOISE = 0.4
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Lines:
    """Order lines, grouped by order. `cost` is -1 where the source did not tell it."""

    order: Ints
    position: Ints
    item: Ints
    quantity: Ints
    revenue: Ints
    discount: Ints
    cost: Ints
    returned_quantity: Ints
    returned_amount: Ints


@dataclass(frozen=True)
class Totals:
    """The money columns of orders: what is left after discounts, returns and cancellation."""

    revenue: Ints
    discount: Ints
    returned: Ints
    known_cost: Ints
    uncosted_revenue: Ints


@dataclass(frozen=True)
class _Shelf:
    """The catalogue sorted by price, with running weights to draw from."""

    item: Ints
    price: NDArray[np.float64]
    reached: NDArray[np.float64]

    def draw(self, rng: np.random.Generator, at_most: NDArray[np.float64]) -> Ints:
        """An item for each budget that does not cost more (the cheapest if all do)."""
        allowed = np.searchsorted(self.price, at_most, side="right").clip(1)
        wanted = rng.random(len(at_most)) * self.reached[allowed]
        return self.item[np.searchsorted(self.reached, wanted, side="right") - 1]


def _shelf(weights: list[float]) -> _Shelf:
    prices = np.array([item.price for item in ITEMS], dtype=float)
    order = np.argsort(prices, kind="stable")
    return _Shelf(order, prices[order], np.concatenate([[0.0], np.cumsum(np.array(weights)[order])]))


PERSON_SHELF = _shelf([item.for_persons for item in ITEMS])
COMPANY_SHELF = _shelf([item.for_companies for item in ITEMS])
PRICE = np.array([item.price for item in ITEMS], dtype=float)
COST = np.array([-1 if item.cost is None else item.cost for item in ITEMS], dtype=float)
# Margin of the category where an item's cost is unknown; NaN where nothing is known.
CATEGORY_MARGIN = np.array(
    [np.nan if item.category is None else CATEGORIES[item.category].margin_rate for item in ITEMS],
    dtype=float,
)


def target_checks(rng: np.random.Generator, traits: Traits, purchases: Purchases, minor: int) -> NDArray[np.float64]:
    """What each order would cost by its customer's habits, in minor units: lognormal, with inflation."""
    level = traits.check[purchases.customer] * INFLATION_A_YEAR ** (purchases.day / 365)
    return level * np.exp(rng.normal(0, CHECK_NOISE, len(purchases))) * minor


def draw_lines(rng: np.random.Generator, traits: Traits, purchases: Purchases, fates: Fates, minor: int) -> Lines:
    """Fill the baskets so that their sums follow the target checks."""
    lines = (1 + rng.poisson(EXTRA_LINES, len(purchases))).clip(1, MOST_LINES)
    order = np.repeat(np.arange(len(purchases)), lines)
    position = np.arange(len(order)) - np.repeat(np.cumsum(lines) - lines, lines) + 1
    inflation = INFLATION_A_YEAR ** (purchases.day[order] // 182 / 2)
    budget = target_checks(rng, traits, purchases, 1)[order] / lines[order] / inflation
    company = traits.is_company[purchases.customer[order]]
    item = np.where(company, COMPANY_SHELF.draw(rng, budget * 1.2), PERSON_SHELF.draw(rng, budget * 1.2))
    price = (np.round(PRICE[item] * inflation / 10) * 10 * minor).astype(np.int64)
    quantity = np.maximum(1, np.round(budget * inflation * minor / price)).astype(np.int64)
    gross = price * quantity
    discount = gross * fates.discount[order] // 100
    cost = np.where(COST[item] < 0, -1, COST[item] * inflation * minor * quantity).astype(np.int64)
    back = (fates.status[order] == RETURNED) | (fates.part_returned & (lines > 1))[order] & (position == 1)
    return Lines(
        order=order,
        position=position,
        item=item,
        quantity=quantity,
        revenue=gross - discount,
        discount=discount,
        cost=cost,
        returned_quantity=np.where(back, quantity, 0),
        returned_amount=np.where(back, gross - discount, 0),
    )


def totals_of(lines: Lines, fates: Fates) -> Totals:
    """Sums per order. A cost that the line does not tell is taken from its category's margin."""
    count = len(fates.status)
    kept = (fates.status[lines.order] != CANCELLED) & (lines.returned_quantity == 0)
    margin = CATEGORY_MARGIN[lines.item]
    by_category = np.round(lines.revenue * (1 - np.nan_to_num(margin))).astype(np.int64)
    cost = np.where(lines.cost >= 0, lines.cost, np.where(np.isnan(margin), 0, by_category))
    uncosted = (lines.cost < 0) & np.isnan(margin)
    return Totals(
        revenue=_per_order(lines, lines.revenue * kept, count),
        discount=_per_order(lines, lines.discount, count),
        returned=_per_order(lines, lines.returned_amount, count),
        known_cost=_per_order(lines, cost * kept, count),
        uncosted_revenue=_per_order(lines, lines.revenue * (kept & uncosted), count),
    )


def plain_totals(rng: np.random.Generator, traits: Traits, purchases: Purchases, fates: Fates, minor: int) -> Totals:
    """Money of orders without lines: what a benchmark needs."""
    gross = np.round(target_checks(rng, traits, purchases, minor)).astype(np.int64)
    discount = gross * fates.discount // 100
    net = gross - discount
    share = np.where(traits.is_company[purchases.customer], 0.68, 0.58)
    alive = (fates.status != CANCELLED) & (fates.status != RETURNED)
    nothing = np.zeros_like(net)
    return Totals(
        revenue=net * alive,
        discount=discount,
        returned=net * (fates.status == RETURNED),
        known_cost=np.round(net * share).astype(np.int64) * alive,
        uncosted_revenue=nothing,
    )


def _per_order(lines: Lines, amounts: Ints, count: int) -> Ints:
    # Kopecks of one order are far below 2**53, so that summing as doubles is exact.
    return np.bincount(lines.order, weights=amounts, minlength=count).astype(np.int64)
