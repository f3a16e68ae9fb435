"""How far the margin that a base will bring may lie from what is forecast for it.

Two parts add up to the variance of the sum over customers:

1. Chance. Were the parameters known, customers would still order more or less often than expected, for more or less
   money. Given alive, the rate is Gamma(r + x, alpha + T) and the chance to drop out Beta(a, b + y), independent of
   each other, and a customer drops out at the k-th order at the earliest if all before were survived, so that

       P(N >= k | alive) = P(Poisson orders >= k) x B(a, b + y + k - 1) / B(a, b + y),

   the first factor negative binomial (Fader, Hardie, Lee 2005, section 3; Batislam et al. 2007). E[N] and E[N^2] are
   sums of it. With margin per order Z, nu | data ~ Gamma(q + p x, v + x m) (Fader, Hardie 2013, eq. 5):

       Var(M) = E[N] E[Var(Z | nu)] + E[N^2] Var(E[Z | nu]) + Var(N) E[Z]^2.

2. Parameters. They were estimated: g' C g, with g the derivatives of the sum by the logarithms of the parameters and C
   the inverse of the observed information (delta method; e.g. Cox, Hinkley 1974, chapter 9).

The sum is positive and its spread grows with it, so that a log-normal law of that mean and variance gives the bounds.
Not in it: that customers begin to behave otherwise than they did. The backtest tells of that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.ltv.codes import FloatArray, MarginMethod
from segmentation.rules.ltv.gamma_gamma import GammaGammaParams, GammaGammaTable, MarginModel, Margins
from segmentation.rules.ltv.likelihood import LikelihoodTable, Params
from segmentation.rules.ltv.predict import MONTH_DAYS, FittedOrders
from segmentation.rules.ltv.statistics import Histories, sums_by

NORMAL_90 = 1.6448536269514722
MONTHS = 12

_STEP = 1e-3
_TAIL = 1e-9
_MOST_ORDERS = 2_000
# With a smaller q the model gives the margin of a one-time buyer no finite variance.
_LEAST_Q = 2.0


class NoInterval(ValueError):
    """The model does not tell how sure it is. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Stratum:
    """Customers drawn out of a part of the base: `times` stand behind each of N.

    The model was fitted on all of them; the sum is over those who are `counted` (N,).
    """

    histories: Histories
    margins: Margins
    counted: NDArray[np.bool_]
    times: float


@dataclass(frozen=True)
class Spread:
    """Relative standard deviations of the sum: by chance, and by the parameters."""

    chance: float
    parameters: float

    @property
    def total(self) -> float:
        return float(np.hypot(self.chance, self.parameters))


def spread(orders: FittedOrders, margin: MarginModel, strata: Sequence[Stratum]) -> Spread:
    """How far the margin of 12 months may lie from the forecast. Raises NoInterval."""
    gamma = margin.params
    if gamma is None or margin.method is not MarginMethod.GAMMA_GAMMA:
        raise NoInterval("pooled_margin")
    if gamma.q <= _LEAST_Q:
        raise NoInterval("infinite_variance")
    expected = _total(orders, orders.params, margin, strata)
    if expected <= 0:
        raise NoInterval("nothing_expected")
    chance = sum(part.times * _variance(orders, margin, gamma, part) for part in strata)
    parameters = _by_orders(orders, margin, strata) + _by_margin(orders, margin, gamma, strata)
    return Spread(float(np.sqrt(chance)) / expected, float(np.sqrt(parameters)) / expected)


def bounds(value: float, deviation: float, normal: float = NORMAL_90) -> tuple[float, float]:
    """Both ends of the interval around a forecast, of a log-normal law with that mean; 90 % unless told otherwise."""
    variance = float(np.log1p(deviation**2))
    middle, width = value * np.exp(-variance / 2), normal * np.sqrt(variance)
    return float(middle * np.exp(-width)), float(middle * np.exp(width))


def order_moments(orders: FittedOrders, histories: Histories, months: int = MONTHS) -> tuple[FloatArray, FloatArray]:
    """E[N] and E[N^2] (U,) of the orders over the next months."""
    params, horizon = orders.params, months * MONTH_DAYS / orders.unit
    x = histories.frequency.astype(np.float64)
    shape, age = params.r + x, params.alpha + histories.age
    beta = params.b + x + orders.model.initial_dropout
    step = horizon / (age + horizon)
    exactly = np.exp(shape * np.log1p(-step))  # P(Poisson orders = k)
    at_least, survived = 1 - exactly, np.ones_like(x)
    first, second = np.zeros((2, len(x)))
    for k in range(1, _MOST_ORDERS):
        reached = at_least * survived
        first += reached
        second += (2 * k - 1) * reached
        if reached.max(initial=0.0) * k < _TAIL:
            break
        exactly = exactly * (shape + k - 1) / k * step
        at_least = np.maximum(at_least - exactly, 0.0)
        survived = survived * (beta + k - 1) / (params.a + beta + k - 1)
    alive = orders.probability_alive(histories)
    return alive * first, alive * second


def _variance(orders: FittedOrders, margin: MarginModel, gamma: GammaGammaParams, part: Stratum) -> float:
    """Sum of the variances of the margins of 12 months over those counted."""
    first, second = (part.histories.expand(moment) for moment in order_moments(orders, part.histories))
    mean, _flags = margin.expected(part.margins)
    within, between = _margin_variances(gamma, part.margins)
    variance = first * within + second * between + (second - first**2) * mean**2
    return float(variance[part.counted].sum())


def _margin_variances(gamma: GammaGammaParams, margins: Margins) -> tuple[FloatArray, FloatArray]:
    """E[Var(Z | nu)] and Var(E[Z | nu]) (N,); whom the model cannot read is like a customer without repeat orders."""
    count = np.where(margins.usable, margins.count, 0.0)
    q = gamma.q + gamma.p * count
    v = gamma.v + count * np.where(margins.usable, margins.mean, 0.0)
    common = (v / (q - 1)) ** 2 / (q - 2)
    return gamma.p * common * (q - 1), gamma.p**2 * common


def _total(orders: FittedOrders, params: Params, margin: MarginModel, strata: Sequence[Stratum]) -> float:
    """The margin expected of those counted, not discounted."""
    total = 0.0
    for part in strata:
        per_order, _flags = margin.expected(part.margins)
        money = sums_by(part.histories.inverse, per_order * part.counted, len(part.histories.age))
        total += part.times * float(_expected(orders, params, part.histories) @ money)
    return total


def _expected(orders: FittedOrders, params: Params, histories: Histories) -> FloatArray:
    """Orders of 12 months (U,)."""
    return orders.model.expected_orders(params, histories, [MONTHS * MONTH_DAYS / orders.unit])[:, 0]


def _by_orders(orders: FittedOrders, margin: MarginModel, strata: Sequence[Stratum]) -> float:
    """What the parameters of the order model add to the variance."""
    tables = [(part.times, LikelihoodTable.of(part.histories, orders.model.initial_dropout)) for part in strata]
    fitted = orders.params

    def score(logs: FloatArray) -> FloatArray:
        params = np.exp(logs)
        slopes = [times * table.value_and_gradient(Params(*params.tolist()))[1] for times, table in tables]
        return np.sum(slopes, axis=0) * params

    def total(logs: FloatArray) -> float:
        return _total(orders, Params(*np.exp(logs).tolist()), margin, strata)

    return _delta(np.log([fitted.r, fitted.alpha, fitted.a, fitted.b]), score, total)


def _by_margin(orders: FittedOrders, margin: MarginModel, gamma: GammaGammaParams, strata: Sequence[Stratum]) -> float:
    """What the parameters of the margins add to the variance."""
    scale = gamma.population_mean
    tables = []
    for part in strata:
        x, mean = part.margins.count[part.margins.usable], part.margins.mean[part.margins.usable]
        if len(x):
            tables.append((part.times * len(x), GammaGammaTable.of(x, mean / scale)))
    expected = [part.histories.expand(_expected(orders, orders.params, part.histories)) for part in strata]

    def score(logs: FloatArray) -> FloatArray:
        params = np.exp(logs)
        return np.sum([times * table.mean_and_gradient(params)[1] for times, table in tables], axis=0) * params

    def total(logs: FloatArray) -> float:
        p, q, v = np.exp(logs).tolist()
        moved = replace(margin, params=GammaGammaParams(p, q, v * scale))
        money = zip(strata, expected, strict=True)
        return sum(
            part.times * float((each * moved.expected(part.margins)[0])[part.counted].sum()) for part, each in money
        )

    return _delta(np.log([gamma.p, gamma.q, gamma.v / scale]), score, total)


def _delta(logs: FloatArray, score: Callable[[FloatArray], FloatArray], total: Callable[[FloatArray], float]) -> float:
    """g' C g at the estimate. Raises NoInterval where the data do not determine the parameters."""
    steps = np.eye(len(logs)) * _STEP
    information = -np.array([(score(logs + step) - score(logs - step)) / (2 * _STEP) for step in steps])
    gradient = np.array([(total(logs + step) - total(logs - step)) / (2 * _STEP) for step in steps])
    try:
        root = np.linalg.cholesky((information + information.T) / 2)
    except np.linalg.LinAlgError as error:
        raise NoInterval("not_determined") from error
    whitened = np.linalg.solve(root, gradient)
    return float(whitened @ whitened)
