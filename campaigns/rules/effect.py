"""What a flow did, against those it left alone."""

from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % confidence interval."""

    value: float
    low: float
    high: float

    @property
    def points(self) -> float:
        """A share in percentage points."""
        return 100 * self.value

    @property
    def low_points(self) -> float:
        return 100 * self.low

    @property
    def high_points(self) -> float:
        return 100 * self.high


def wilson(successes: int, total: int) -> Estimate:
    """A proportion with its score interval (Wilson 1927, JASA 22:209-212). `total` is at least 1."""
    share, z2 = successes / total, Z95**2
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = Z95 * sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    return Estimate(share, max(0.0, centre - half), min(1.0, centre + half))


def difference(treated: tuple[int, int], holdout: tuple[int, int]) -> Estimate | None:
    """Share of the treated minus share of the holdout, each given as (successes, total).

    Interval: the hybrid score method (Newcombe 1998, Statistics in Medicine 17:873-890, method 10), which
    stays sensible for small groups and shares near 0. None while one of the groups is empty.
    """
    if not treated[1] or not holdout[1]:
        return None
    a, b = wilson(*treated), wilson(*holdout)
    value = a.value - b.value
    low = value - sqrt((a.value - a.low) ** 2 + (b.high - b.value) ** 2)
    high = value + sqrt((a.high - a.value) ** 2 + (b.value - b.low) ** 2)
    return Estimate(value, low, high)


@dataclass(frozen=True)
class Sample:
    """A group's amounts: how many, their sum, and the sum of their squares (major units)."""

    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """Unbiased; 0 for fewer than two."""
        if self.count < 2:
            return 0.0
        return max(0.0, (self.squares - self.total**2 / self.count) / (self.count - 1))


def mean_difference(treated: Sample, holdout: Sample) -> Estimate | None:
    """Mean of the treated minus mean of the holdout, with unequal variances (Welch 1947, normal limits).

    None while one of the groups has fewer than two members.
    """
    if treated.count < 2 or holdout.count < 2:
        return None
    value = treated.mean - holdout.mean
    half = Z95 * sqrt(treated.variance / treated.count + holdout.variance / holdout.count)
    return Estimate(value, value - half, value + half)
