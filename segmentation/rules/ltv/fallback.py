"""The average rate of an acquisition cohort: what is left when no model can be trusted."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from segmentation.rules.ltv.codes import FloatArray, IntArray, TimeUnit
from segmentation.rules.ltv.statistics import Histories, sums_by

COHORT_DAYS = 365.25 / 4
MIN_COHORT = 30

# Customers older than this many cohorts share the last one, so that odd dates cost no memory.
_MAX_COHORTS = 400


@dataclass(frozen=True, eq=False)
class CohortRates:
    """Repeat orders per time unit by age bucket; a bucket is one quarter of acquisition.

    rates: (C,) orders per `unit`; a bucket with too few customers holds the rate of the base.
    """

    rates: FloatArray
    unit: TimeUnit

    @classmethod
    def of(cls, histories: Histories, min_cohort: int = MIN_COHORT) -> Self:
        """Rate = repeat orders / customer time, in each bucket. An empty base has rate zero."""
        bucket = _bucket(histories.age, histories.unit)
        weight = histories.weight.astype(np.float64)
        length = _MAX_COHORTS
        customers = sums_by(bucket, weight, length)
        orders = sums_by(bucket, weight * histories.frequency, length)
        time = sums_by(bucket, weight * histories.age, length)
        pooled = capped_rate(orders.sum(keepdims=True), time.sum(keepdims=True), histories.unit)
        own = capped_rate(orders, time, histories.unit)
        return cls(np.where((customers >= min_cohort) & (time > 0), own, pooled), histories.unit)

    def probability_alive(self, _histories: Histories) -> None:
        """A rate does not know who is alive."""

    def orders_while_alive(self, _x: FloatArray, age: FloatArray, horizons: ArrayLike) -> FloatArray:
        """Expected orders (M, K) of customers of age (M,) over horizons (K,), in `unit`."""
        return self.rates[_bucket(age, self.unit)][:, None] * np.asarray(horizons, dtype=np.float64)


def _bucket(age: FloatArray, unit: TimeUnit) -> IntArray:
    return np.minimum(age * unit // COHORT_DAYS, _MAX_COHORTS - 1).astype(np.int64)


def capped_rate(orders: FloatArray, time: FloatArray, unit: TimeUnit) -> FloatArray:
    """Orders per `unit`, 0 where there was no time; at most one a day, as same-day orders merge."""
    # The time that the cap demands is put in beforehand: dividing by next to nothing would overflow.
    least = orders / float(unit)
    return np.divide(orders, np.maximum(time, least), out=np.zeros_like(orders), where=time > 0)
