"""Whether those who were given a probability of leaving left as often as it said.

That a customer has left is never seen, only that no order came for a while. So each band is shown with two
shares: how many placed no order within the time they were given, and how many the model itself expected to place
none, which counts those who have not left and are merely slow. The two should be equal; the given probability of
leaving lies below both.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.ltv.codes import FloatArray
from segmentation.rules.ltv.likelihood import Params
from segmentation.rules.ltv.statistics import sums_by

BANDS = 10


@dataclass(frozen=True)
class Band:
    """Customers whose probability of leaving was from `low` up to the next band, of ten equal ones.

    given: their mean probability of leaving. expected_silent, silent: the shares that were expected to place no
    order within their time, and that placed none. None where there are no customers.
    """

    low: float
    customers: int
    given: float | None
    expected_silent: float | None
    silent: float | None


@dataclass(frozen=True)
class Calibration:
    """Brier score: mean of (probability - what happened)^2; 0 is perfect. Brier (1950).

    brier_leaving: of the probability of leaving. brier: of the expected silence. brier_same: of giving everybody
    the share that was silent, which anybody can do afterwards.
    """

    bands: tuple[Band, ...]
    brier_leaving: float
    brier: float
    brier_same: float


def probability_silent(
    params: Params, alive: FloatArray, x: FloatArray, age: FloatArray, horizon: FloatArray
) -> FloatArray:
    """P(no order over the next `horizon`) (N,), under BG/NBD and MBG/NBD alike; times in the unit of the fit.

    1 - P(alive) + P(alive) ((alpha + T) / (alpha + T + t))^(r + x): given alive the rate is Gamma(r + x, alpha + T),
    and nobody drops out without an order. Follows from Fader, Hardie, Lee (2005), sec. 3.
    """
    slow = np.exp((params.r + x) * (np.log(params.alpha + age) - np.log(params.alpha + age + horizon)))
    silent: FloatArray = 1 - alive + alive * slow
    return silent


def calibrate(leaving: FloatArray, expected_silent: FloatArray, silent: NDArray[np.bool_]) -> Calibration | None:
    """Compare over N customers; None without customers. leaving, expected_silent: probabilities (N,)."""
    if not len(leaving):
        return None
    happened = silent.astype(np.float64)
    at = np.minimum((leaving * BANDS).astype(np.int64), BANDS - 1)
    counts = sums_by(at, np.ones_like(leaving), BANDS)
    sums = [sums_by(at, each, BANDS) for each in (leaving, expected_silent, happened)]
    bands = tuple(_band(i, counts[i], [total[i] for total in sums]) for i in range(BANDS))
    share = float(happened.mean())
    return Calibration(bands, _brier(leaving, happened), _brier(expected_silent, happened), share * (1 - share))


def _band(position: int, customers: float, sums: list[float]) -> Band:
    means = [float(total / customers) if customers else None for total in sums]
    return Band(position / BANDS, int(customers), *means)


def _brier(probability: FloatArray, happened: FloatArray) -> float:
    return float(np.mean((probability - happened) ** 2))
