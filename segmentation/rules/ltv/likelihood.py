"""Log-likelihood and gradient that BG/NBD and MBG/NBD share.

With s = 0 for BG/NBD and s = 1 for MBG/NBD, and y = x + s chances to drop out so far:

    ln L = ln G(r+x) - ln G(r) + r ln alpha - (r+x) ln(alpha+T)
         + ln G(a+b) - ln G(b) + ln G(b+y) - ln G(a+b+y)
         + [y > 0] ln(1 + exp(eta)),
    eta  = ln a - ln(b+y-1) + (r+x) (ln(alpha+T) - ln(alpha+t_x)),

G the gamma function. s = 0 is Fader, Hardie, Lee (2005), eq. (6); s = 1 is Batislam, Denizel,
Filiztekin (2007), appendix A, eq. (3). exp(eta) is the odds that the customer has dropped out.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import digamma, gammaln

from segmentation.rules.ltv.codes import FloatArray, IntArray
from segmentation.rules.ltv.statistics import Histories, inner, sums_by


@dataclass(frozen=True)
class Params:
    """Purchase rate ~ Gamma(r, rate alpha), drop-out probability ~ Beta(a, b).

    alpha is in the time unit of the histories it was fitted on; the rest have no unit.
    """

    r: float
    alpha: float
    a: float
    b: float


def dropout_log_odds(params: Params, histories: Histories, initial_dropout: bool) -> FloatArray:
    """eta, the log odds (U,) that a customer has dropped out; -inf where it is impossible."""
    x = histories.frequency.astype(np.float64)
    before = x + initial_dropout - 1
    ratio = np.log(params.alpha + histories.age) - np.log(params.alpha + histories.recency)
    log_odds = np.log(params.a) - np.log(params.b + np.maximum(before, 0)) + (params.r + x) * ratio
    return np.where(before < 0, -np.inf, log_odds)


def log_likelihood(params: Params, histories: Histories, initial_dropout: bool) -> FloatArray:
    """ln L (U,) of one customer of each distinct history."""
    r, alpha, a, b = params.r, params.alpha, params.a, params.b
    x = histories.frequency.astype(np.float64)
    y = x + initial_dropout
    purchases = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + histories.age)
    survivals = gammaln(a + b) - gammaln(b) + gammaln(b + y) - gammaln(a + b + y)
    eta = dropout_log_odds(params, histories, initial_dropout)
    total: FloatArray = purchases + survivals + np.logaddexp(0.0, eta)
    return total


@dataclass(frozen=True, eq=False)
class LikelihoodTable:
    """Histories tabulated so that one evaluation does little work per distinct history.

    Gamma functions depend on the count alone and logarithms on the day alone, so they are
    evaluated on the few distinct counts and days and looked up; only eta is per history.
    """

    counts: FloatArray  # distinct x, with the customers that have it
    count_weight: FloatArray
    ages: FloatArray  # distinct T, with their customers and their repeat purchases
    age_weight: FloatArray
    age_purchases: FloatArray
    recencies: FloatArray  # distinct t_x
    x: FloatArray  # the histories with a chance to drop out: x, customers, places of T and t_x
    weight: FloatArray
    age_at: IntArray
    recency_at: IntArray
    initial_dropout: bool

    @classmethod
    def of(cls, histories: Histories, initial_dropout: bool) -> Self:
        """Tabulate the histories of at least one customer."""
        weight = histories.weight.astype(np.float64)
        x = histories.frequency.astype(np.float64)
        counts, count_at = np.unique(x, return_inverse=True)
        ages, age_at = np.unique(histories.age, return_inverse=True)
        recencies, recency_at = np.unique(histories.recency, return_inverse=True)
        exposed = slice(None) if initial_dropout else np.flatnonzero(x > 0)
        return cls(
            counts=counts,
            count_weight=sums_by(count_at, weight),
            ages=ages,
            age_weight=sums_by(age_at, weight),
            age_purchases=sums_by(age_at, weight * x),
            recencies=recencies,
            x=x[exposed],
            weight=weight[exposed],
            age_at=age_at[exposed],
            recency_at=recency_at[exposed],
            initial_dropout=initial_dropout,
        )

    def value_and_gradient(self, params: Params) -> tuple[float, FloatArray]:
        """Sum of ln L over customers, and its derivatives by r, alpha, a, b (4,)."""
        tabulated, gradient = self._tabulated(params)
        dropout, dropout_gradient = self._dropout(params)
        return tabulated + dropout, gradient + dropout_gradient

    def _tabulated(self, params: Params) -> tuple[float, FloatArray]:
        """All of ln L but the term in eta."""
        r, alpha, a, b = params.r, params.alpha, params.a, params.b
        x, y, n = self.counts, self.counts + self.initial_dropout, self.count_weight.sum()
        of_count = gammaln(r + x) - gammaln(r) + gammaln(a + b) - gammaln(b) + gammaln(b + y) - gammaln(a + b + y)
        log_age = np.log(alpha + self.ages)
        events = r * self.age_weight + self.age_purchases
        value = self.count_weight @ of_count + n * r * np.log(alpha) - events @ log_age
        d_a = digamma(a + b) - digamma(a + b + y)
        gradient = (
            self.count_weight @ (digamma(r + x) - digamma(r)) + n * np.log(alpha) - self.age_weight @ log_age,
            n * r / alpha - events @ (1 / (alpha + self.ages)),
            self.count_weight @ d_a,
            self.count_weight @ (d_a - digamma(b) + digamma(b + y)),
        )
        return float(value), np.array(gradient)

    def _dropout(self, params: Params) -> tuple[float, FloatArray]:
        """The term ln(1 + exp(eta)) over the histories with a chance to drop out."""
        r, alpha, a, b = params.r, params.alpha, params.a, params.b
        age, recency = alpha + self.ages, alpha + self.recencies
        ratio = np.log(age)[self.age_at] - np.log(recency)[self.recency_at]
        before = b + self.x + self.initial_dropout - 1
        eta = np.log(a) - np.log(before) + (r + self.x) * ratio
        # exp of a non-positive number only, so that neither branch can overflow
        small = np.exp(-np.abs(eta))
        value = inner(self.weight, np.maximum(eta, 0) + np.log1p(small))
        dead = self.weight * np.where(eta > 0, 1.0, small) / (1 + small)
        slope = (1 / age)[self.age_at] - (1 / recency)[self.recency_at]
        gradient = (
            inner(dead, ratio),
            inner(dead, (r + self.x) * slope),
            dead.sum() / a,
            -inner(dead, 1 / before),
        )
        return value, np.array(gradient)
