"""Predicted margin per customer: expected orders x expected margin per order, discounted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from segmentation.rules.ltv.beta_geometric import BetaGeometric
from segmentation.rules.ltv.codes import MAX_MARGIN, Adjustment, FloatArray, TimeUnit
from segmentation.rules.ltv.gamma_gamma import MarginModel, Margins
from segmentation.rules.ltv.likelihood import Params
from segmentation.rules.ltv.statistics import Histories, distinct

MONTH_DAYS = 365.25 / 12

_CHUNK = 20_000


class OrderModel(Protocol):
    """What foretells orders: a fitted model, or the rate of a cohort."""

    @property
    def unit(self) -> TimeUnit:
        """The time unit of ages and horizons."""

    def probability_alive(self, histories: Histories, /) -> FloatArray | None:
        """P(alive) (U,), or None where the method does not know."""

    def orders_while_alive(self, x: FloatArray, age: FloatArray, horizons: ArrayLike, /) -> FloatArray:
        """Expected orders (M, K) of alive customers with x (M,) and age (M,) over horizons (K,)."""


@dataclass(frozen=True)
class FittedOrders:
    """A BG/NBD or MBG/NBD model with its parameters."""

    model: BetaGeometric
    params: Params
    unit: TimeUnit

    def probability_alive(self, histories: Histories) -> FloatArray:
        """P(alive) (U,)."""
        return self.model.probability_alive(self.params, histories)

    def orders_while_alive(self, x: FloatArray, age: FloatArray, horizons: ArrayLike) -> FloatArray:
        """Expected orders (M, K) of customers known to be alive."""
        return self.model.orders_while_alive(self.params, x, age, horizons)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What N customers will bring over K horizons. Every number is finite and zero or more.

    expected_orders: (N, K), not discounted. margin_per_order: (N,) in minor units.
    predicted_margin: (N, K) discounted, in minor units. p_alive: (N,), or None where the method
    does not know. adjustment: (N,) Adjustment flags.
    """

    horizons_months: tuple[int, ...]
    expected_orders: FloatArray
    margin_per_order: FloatArray
    predicted_margin: FloatArray
    p_alive: FloatArray | None
    adjustment: NDArray[np.uint8]


def predict(
    orders: OrderModel,
    margin: MarginModel,
    histories: Histories,
    margins: Margins,
    *,
    horizons_months: Sequence[int] = (12, 36),
    annual_discount: float = 0.1,
) -> Forecast:
    """Forecast for each customer, in the order in which histories and margins were given.

    annual_discount: 0.1 makes a margin in one year worth 1 / 1.1 of one today. Raises ValueError
    where histories, margins and model do not belong together, or a horizon or discount is absurd.
    """
    _check(orders, histories, margins, horizons_months, annual_discount)
    counts, discounted, capped = _orders(orders, histories, tuple(horizons_months), annual_discount)
    alive = orders.probability_alive(histories)
    if alive is not None:
        counts, discounted = counts * alive[:, None], discounted * alive[:, None]
    per_order, flags = margin.expected(margins)
    predicted = histories.expand(discounted) * per_order[:, None]
    flags |= np.where(histories.expand(capped), np.uint8(Adjustment.ORDERS_CAPPED), np.uint8(0))
    flags |= np.where((predicted > MAX_MARGIN).any(axis=1), np.uint8(Adjustment.MARGIN_CAPPED), np.uint8(0))
    return Forecast(
        tuple(horizons_months),
        histories.expand(counts),
        per_order,
        np.minimum(predicted, MAX_MARGIN, out=predicted),
        None if alive is None else histories.expand(alive),
        flags,
    )


def _orders(
    orders: OrderModel, histories: Histories, horizons: tuple[int, ...], annual_discount: float
) -> tuple[FloatArray, FloatArray, NDArray[np.bool_]]:
    """Expected orders of alive customers, plain and discounted (U, K), and whether capped (U,).

    They depend on frequency and age alone, so each distinct pair is computed once, in chunks.
    """
    x = histories.frequency.astype(np.float64)
    first, pair_at, _ = distinct(x, histories.age)
    last = np.asarray(horizons) - 1
    plain, discounted = np.zeros((2, len(first), len(horizons)))
    capped = np.zeros(len(first), dtype=bool)
    months = np.arange(1, max(horizons) + 1)
    factor = (1 + annual_discount) ** -((months - 0.5) / 12)  # orders fall mid-month on average
    for part in _chunks(len(first)):
        pairs = first[part]
        cumulative = orders.orders_while_alive(x[pairs], histories.age[pairs], months * MONTH_DAYS / orders.unit)
        ceiling = months * MONTH_DAYS
        capped[part] = (cumulative > ceiling).any(axis=1)
        cumulative = np.minimum(cumulative, ceiling)
        by_month = np.maximum(np.diff(cumulative, axis=1, prepend=0), 0)
        plain[part] = cumulative[:, last]
        discounted[part] = np.cumsum(by_month * factor, axis=1)[:, last]
    return plain[pair_at], discounted[pair_at], capped[pair_at]


def _chunks(length: int) -> Iterator[slice]:
    for low in range(0, length, _CHUNK):
        yield slice(low, low + _CHUNK)


def _check(
    orders: OrderModel,
    histories: Histories,
    margins: Margins,
    horizons: Sequence[int],
    annual_discount: float,
) -> None:
    if orders.unit is not histories.unit:
        raise ValueError("the model was fitted in another time unit")
    if len(margins.count) != histories.n_customers:
        raise ValueError("histories and margins describe different numbers of customers")
    if not horizons or min(horizons) < 1:
        raise ValueError("horizons are whole months, at least one")
    if not 0 <= annual_discount < np.inf:
        raise ValueError("the annual discount must be zero or more")
