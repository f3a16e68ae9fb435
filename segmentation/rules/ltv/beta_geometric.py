"""What BG/NBD and MBG/NBD have in common: fit, probability alive, expected orders."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from segmentation.rules.ltv.codes import FloatArray, Method, Reason, TimeUnit
from segmentation.rules.ltv.fitting import maximise
from segmentation.rules.ltv.likelihood import (
    LikelihoodTable,
    Params,
    dropout_log_odds,
    log_likelihood,
)
from segmentation.rules.ltv.mixture import orders_while_alive
from segmentation.rules.ltv.statistics import Histories, distinct

MIN_REPEAT_BUYERS = 50

# Relative to the mean age for alpha. The second is near what retail data give.
_STARTS = ((1.0, 1.0, 1.0, 1.0), (0.3, 0.2, 0.8, 2.0))


@dataclass(frozen=True)
class Fit:
    """Outcome of a maximum-likelihood fit; `params` is None where none was attempted."""

    method: Method
    params: Params | None
    log_likelihood: float
    n_customers: int
    unit: TimeUnit
    reason: Reason

    @property
    def usable(self) -> bool:
        """Whether forecasts may be made with the parameters."""
        return self.reason is Reason.CONVERGED


@dataclass(frozen=True)
class BetaGeometric:
    """A model of orders: Poisson while alive, with a chance to drop out after each order.

    initial_dropout: whether there is such a chance right after the first order too.
    """

    method: Method
    initial_dropout: bool

    def log_likelihood(self, params: Params, histories: Histories) -> FloatArray:
        """ln L (U,) of one customer of each distinct history."""
        return log_likelihood(params, histories, self.initial_dropout)

    def fit(self, histories: Histories, min_repeat_buyers: int = MIN_REPEAT_BUYERS) -> Fit:
        """Maximum likelihood, in the time unit of the histories. Never raises on odd data."""
        refusal = _refusal(histories, min_repeat_buyers)
        if refusal:
            return Fit(self.method, None, 0.0, histories.n_customers, histories.unit, refusal)
        table = LikelihoodTable.of(histories, self.initial_dropout)
        scale = float(np.average(histories.age, weights=histories.weight))
        n = histories.n_customers

        def objective(scaled: FloatArray) -> tuple[float, FloatArray]:
            r, alpha, a, b = scaled.tolist()
            value, gradient = table.value_and_gradient(Params(r, alpha * scale, a, b))
            return value / n, gradient * (1, scale, 1, 1) / n

        best = maximise(objective, _STARTS)
        r, alpha, a, b = best.params.tolist()
        return Fit(self.method, Params(r, alpha * scale, a, b), best.value * n, n, histories.unit, best.reason)

    def probability_alive(self, params: Params, histories: Histories) -> FloatArray:
        """P(alive at the end of observation) (U,): 1 / (1 + exp(eta)), see `likelihood`."""
        alive: FloatArray = expit(-dropout_log_odds(params, histories, self.initial_dropout))
        return alive

    def expected_orders(self, params: Params, histories: Histories, horizons: ArrayLike) -> FloatArray:
        """Expected orders (U, K) over the next K horizons (K,), in the histories' time unit."""
        x = histories.frequency.astype(np.float64)
        # While alive they do not depend on recency: far fewer distinct (x, T) than histories.
        first, pair_at, _ = distinct(x, histories.age)
        while_alive = self.orders_while_alive(params, x[first], histories.age[first], horizons)
        return self.probability_alive(params, histories)[:, None] * while_alive[pair_at]

    def expected_orders_of_new(self, params: Params, horizons: ArrayLike) -> FloatArray:
        """E[X(t)] (K,): expected repeat orders of a customer who has just placed the first one.

        Fader, Hardie, Lee (2005), eq. (9); for MBG/NBD Wagner, Hoppe (2008).
        """
        alive = params.b / (params.a + params.b) if self.initial_dropout else 1.0
        orders: FloatArray = alive * self.orders_while_alive(params, np.zeros(1), np.zeros(1), horizons)[0]
        return orders

    def orders_while_alive(self, params: Params, x: FloatArray, age: FloatArray, horizons: ArrayLike) -> FloatArray:
        """Expected orders (M, K) of M customers known to be alive, with x (M,) and age (M,)."""
        times = np.asarray(horizons, dtype=np.float64)
        steps = times / (params.alpha + age)[:, None]
        return orders_while_alive(params.a, params.b + x + self.initial_dropout, params.r + x, steps)


def _refusal(histories: Histories, min_repeat_buyers: int) -> Reason | None:
    """Why a fit is not even attempted."""
    if histories.n_customers == 0:
        return Reason.NO_CUSTOMERS
    if histories.n_repeat_buyers < max(min_repeat_buyers, 1):
        return Reason.TOO_FEW_REPEAT_BUYERS
    if histories.age.max() * histories.unit < 1:
        return Reason.HISTORY_TOO_SHORT
    return None
