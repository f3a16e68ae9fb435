"""Gamma-Gamma: margin per order. Fader, Hardie (2013), "The gamma-gamma model of monetary value".

Margins of one customer's orders ~ Gamma(p, rate nu), and nu ~ Gamma(q, rate v) over customers
(v is their gamma). Margin per order is taken to be independent of how often somebody orders.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import digamma, gammaln

from segmentation.rules.ltv.codes import LEAST_MARGIN, MAX_MARGIN, Adjustment, FloatArray, MarginMethod, Reason
from segmentation.rules.ltv.fitting import maximise
from segmentation.rules.ltv.statistics import inner, sums_by

MIN_REPEAT_BUYERS = 50

_STARTS = ((1.0, 2.0, 1.0), (6.0, 4.0, 0.5))
_EQUAL = 1e-9
# A population mean this many times the observed one says that q is too near 1, not that
# customers are about to spend.
_EXPLODED = 5.0
_OUTLYING = 10.0
# The pooled mean counts as much as so many orders of the customer's own, as in the rule of the own rhythm.
_POOLED_ORDERS = 2.0


class InvalidMargins(ValueError):
    """The arrays do not describe margins of customers."""


@dataclass(frozen=True, eq=False)
class Margins:
    """Mean margin per order of N customers.

    count: (N,) orders averaged; repeat orders only, so 0 for who bought once.
    mean: (N,) their mean margin, in minor units; any number, ignored where count is 0.
    """

    count: FloatArray
    mean: FloatArray

    @classmethod
    def from_customers(cls, count: ArrayLike, mean: ArrayLike) -> Self:
        """Check shapes and counts. Raises InvalidMargins; a mean that is no number is allowed."""
        counts, means = np.asarray(count, dtype=np.float64), np.asarray(mean, dtype=np.float64)
        if counts.ndim != 1 or counts.shape != means.shape:
            raise InvalidMargins("count and mean must be one-dimensional and equally long")
        if not np.isfinite(counts).all() or (counts < 0).any():
            raise InvalidMargins("count must be a number, zero or more")
        return cls(counts, means)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(N,) whether the model can read the customer: orders with a positive, sane mean."""
        return (self.count > 0) & (self.mean >= LEAST_MARGIN) & (self.mean <= MAX_MARGIN)

    @property
    def pooled_mean(self) -> float:
        """Mean margin over all orders, losses included, or 0 where that is a loss or unknown.

        Nobody counts with more than _OUTLYING times the median of the customers: one wholesale buyer would
        otherwise make everybody who is given the pooled mean look like one.
        """
        known = (self.count > 0) & (np.abs(self.mean) <= MAX_MARGIN)
        if not known.any():
            return 0.0
        mean = self.mean[known]
        limit = _OUTLYING * max(0.0, float(np.median(mean)))
        capped = np.minimum(mean, limit) if limit else mean
        return max(0.0, float(np.average(capped, weights=self.count[known])))


@dataclass(frozen=True)
class GammaGammaParams:
    """Shape p of one customer's margins; shape q and rate v, in money, of the customers' rates."""

    p: float
    q: float
    v: float

    @property
    def population_mean(self) -> float:
        """Expected margin per order of a random customer: p v / (q - 1), for q > 1."""
        return self.p * self.v / (self.q - 1)


@dataclass(frozen=True)
class MarginModel:
    """A fitted Gamma-Gamma, or the pooled mean with the reason why there is none.

    n_customers were fitted; n_excluded had orders but no positive mean margin.
    """

    params: GammaGammaParams | None
    log_likelihood: float
    n_customers: int
    n_excluded: int
    pooled_mean: float
    reason: Reason

    @property
    def method(self) -> MarginMethod:
        """What produces the numbers."""
        return MarginMethod.GAMMA_GAMMA if self.reason is Reason.CONVERGED else MarginMethod.POOLED_MEAN

    def expected(self, margins: Margins) -> tuple[FloatArray, NDArray[np.uint8]]:
        """Expected margin per future order (N,), zero or more, and the Adjustment (N,).

        Fader, Hardie (2013), eq. (5): a mean of the customer's own and the population's margin. It is linear in the
        own mean, a credibility estimate (Buehlmann 1967) that holds for losses too: who has brought a loss is drawn
        down by it, and what stays below zero is counted as nothing, because nobody has to take the next order.
        Without a model the own mean counts by the number of orders, against _POOLED_ORDERS of the pooled mean.
        """
        known = (margins.count > 0) & (np.abs(margins.mean) <= MAX_MARGIN)
        flags = np.where(margins.count > 0, Adjustment.NON_POSITIVE_MARGIN, Adjustment.NO_REPEAT_MARGIN)
        flags = np.where(margins.usable, Adjustment.NONE, flags).astype(np.uint8)
        typical, own = self._typical, self.credibility(margins.count)
        blended = (1 - own) * typical + own * np.where(known, margins.mean, 0.0)
        return np.where(known, np.maximum(blended, 0.0), typical), flags

    @property
    def _typical(self) -> float:
        """Expected margin of an order of somebody of whom nothing is known."""
        return self.params.population_mean if self.params and self._is_fitted else self.pooled_mean

    @property
    def _is_fitted(self) -> bool:
        return self.method is MarginMethod.GAMMA_GAMMA

    def credibility(self, count: FloatArray) -> FloatArray:
        """How much the own mean of so many orders counts (N,), from 0 to 1."""
        against = _POOLED_ORDERS
        if self.params and self._is_fitted:
            against = (self.params.q - 1) / self.params.p
        weight: FloatArray = count / (count + against)
        return weight


def fit_gamma_gamma(margins: Margins, min_repeat_buyers: int = MIN_REPEAT_BUYERS) -> MarginModel:
    """Maximum likelihood over customers with a positive mean margin. Never raises on odd data."""
    usable, pooled = margins.usable, margins.pooled_mean
    x, m = margins.count[usable], margins.mean[usable]
    n_excluded = int((margins.count > 0).sum()) - len(x)
    refusal = _refusal(x, m, min_repeat_buyers)
    if refusal:
        return MarginModel(None, 0.0, len(x), n_excluded, pooled, refusal)
    scale = float(m.mean())
    table = GammaGammaTable.of(x, m / scale)
    best = maximise(table.mean_and_gradient, _STARTS)
    p, q, v = best.params.tolist()
    params = GammaGammaParams(p, q, v * scale)
    likelihood = (best.value - float(np.log(scale))) * len(x)
    reason = best.reason if best.reason is not Reason.CONVERGED else _sanity(params, float(np.average(m, weights=x)))
    return MarginModel(params, likelihood, len(x), n_excluded, pooled, reason)


def _refusal(x: FloatArray, m: FloatArray, min_repeat_buyers: int) -> Reason | None:
    if len(x) < max(min_repeat_buyers, 1):
        return Reason.TOO_FEW_REPEAT_BUYERS
    if float(np.ptp(m)) <= _EQUAL * float(m.max()):
        return Reason.EQUAL_MARGINS
    return None


def _sanity(params: GammaGammaParams, observed_mean: float) -> Reason:
    if params.q <= 1:
        return Reason.INFINITE_MEAN_MARGIN
    exploded = params.population_mean > _EXPLODED * observed_mean
    return Reason.EXPECTATION_EXPLODES if exploded else Reason.CONVERGED


@dataclass(frozen=True, eq=False)
class GammaGammaTable:
    """Mean log-likelihood of average margins m (N,) over counts x (N,). Fader, Hardie (2013), eq. (1a)."""

    counts: FloatArray
    count_weight: FloatArray
    x: FloatArray
    total: FloatArray
    sum_log_m: float
    sum_x_log_m: float

    @classmethod
    def of(cls, x: FloatArray, m: FloatArray) -> Self:
        """Gather what does not depend on the parameters; gamma functions see distinct counts only."""
        counts, count_at = np.unique(x, return_inverse=True)
        log_m = np.log(m)
        weight = sums_by(count_at, np.ones_like(x))
        return cls(counts, weight, x, x * m, float(log_m.sum()), inner(x, log_m))

    def mean_and_gradient(self, params: FloatArray) -> tuple[float, FloatArray]:
        """Mean of ln L over customers, and its derivatives by p, q, v (3,)."""
        p, q, v = params.tolist()
        c, w, n = self.counts, self.count_weight, len(self.x)
        log_total, inverse = np.log(self.total + v), 1 / (self.total + v)
        log_sum, x_log_sum = log_total.sum(), inner(self.x, log_total)
        of_count = gammaln(p * c + q) - gammaln(p * c) - gammaln(q) + p * c * np.log(c)
        value = w @ of_count + n * q * np.log(v) + p * self.sum_x_log_m - self.sum_log_m
        value -= p * x_log_sum + q * log_sum
        d_joint = digamma(p * c + q)
        gradient = (
            w @ (c * (d_joint - digamma(p * c) + np.log(c))) + self.sum_x_log_m - x_log_sum,
            w @ (d_joint - digamma(q)) + n * np.log(v) - log_sum,
            n * q / v - p * inner(self.x, inverse) - q * inverse.sum(),
        )
        return float(value) / n, np.array(gradient) / n
