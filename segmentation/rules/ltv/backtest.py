"""How well each method would have foretold the last part of history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from segmentation.rules.ltv.beta_geometric import BetaGeometric, Fit
from segmentation.rules.ltv.codes import FloatArray, Method, Reason
from segmentation.rules.ltv.fallback import CohortRates, capped_rate
from segmentation.rules.ltv.statistics import Histories

_NAIVE = (Method.SAME_COUNT, Method.ZERO)


@dataclass(frozen=True, eq=False)
class Holdout:
    """History cut in two: what was known at the cut, and what came after it.

    calibration: N customers at the cut. orders: (N,) purchase days after it, in the same order.
    days: length of the part held out.
    """

    calibration: Histories
    orders: FloatArray
    days: float

    @classmethod
    def from_customers(cls, calibration: Histories, orders: ArrayLike, days: float) -> Self:
        """Raises ValueError on lengths that differ, or counts or days that cannot be."""
        counts = np.asarray(orders, dtype=np.float64)
        if counts.shape != (calibration.n_customers,):
            raise ValueError("calibration and orders describe different numbers of customers")
        if not np.isfinite(counts).all() or (counts < 0).any():
            raise ValueError("orders must be numbers, zero or more")
        if not 0 < days < np.inf:
            raise ValueError("the part held out must have a length")
        return cls(calibration, counts, days)

    @property
    def length(self) -> float:
        """Length of the part held out, in the time unit of the histories."""
        return self.days / self.calibration.unit


@dataclass(frozen=True)
class BacktestRow:
    """Errors of one method, in orders per customer.

    bias: (predicted - actual) / actual, over all customers; None where nobody ordered.
    """

    method: Method
    rmse: float
    mae: float
    bias: float | None
    predicted_orders: float
    actual_orders: float


@dataclass(frozen=True)
class Choice:
    """Methods that may be used, best liked first, and why the others may not."""

    eligible: tuple[Method, ...]
    rejected: tuple[tuple[Method, Reason], ...]


def backtest(holdout: Holdout, fits: Sequence[tuple[BetaGeometric, Fit]]) -> tuple[BacktestRow, ...]:
    """A row for each usable fit, in their order, then for the cohort average and the naive methods."""
    if holdout.calibration.n_customers == 0:
        return ()
    past = holdout.calibration
    told = forecasts(holdout, fits)
    return tuple(_row(method, past.expand(each), holdout.orders) for method, each in told.items())


def forecasts(holdout: Holdout, fits: Sequence[tuple[BetaGeometric, Fit]]) -> dict[Method, FloatArray]:
    """Orders (U,) that each usable fit, the cohort average and the naive methods foretell for the part held out."""
    past = holdout.calibration
    fitted = {
        fit.method: model.expected_orders(fit.params, past, [holdout.length])[:, 0]
        for model, fit in fits
        if fit.usable and fit.params
    }
    return fitted | _simple_forecasts(past, holdout.length)


def choose(fits: Sequence[Fit], rows: Sequence[BacktestRow]) -> Choice:
    """Judge fits, best liked first, against the better of 'the same count' and 'always zero'.

    A tie is not a loss. Without backtest rows no fit is eligible: NO_HOLDOUT.
    """
    verdicts = [(fit.method, _verdict(fit, rows)) for fit in fits]
    return Choice(
        tuple(method for method, reason in verdicts if reason is Reason.BEATS_NAIVE),
        tuple((method, reason) for method, reason in verdicts if reason is not Reason.BEATS_NAIVE),
    )


def _verdict(fit: Fit, rows: Sequence[BacktestRow]) -> Reason:
    if not fit.usable:
        return fit.reason
    if not rows:
        return Reason.NO_HOLDOUT
    rmse = {row.method: row.rmse for row in rows}
    lost = rmse[fit.method] > min(rmse[naive] for naive in _NAIVE)
    return Reason.LOST_TO_NAIVE if lost else Reason.BEATS_NAIVE


def _simple_forecasts(past: Histories, length: float) -> dict[Method, FloatArray]:
    """Forecasts (U,) that need no fit. 'Same rate' is x / T x length: repeat orders, not all."""
    x = past.frequency.astype(np.float64)
    return {
        Method.COHORT_AVERAGE: CohortRates.of(past).orders_while_alive(x, past.age, [length])[:, 0],
        Method.SAME_RATE: capped_rate(x, past.age, past.unit) * length,
        Method.SAME_COUNT: x,
        Method.ZERO: np.zeros_like(x),
    }


def _row(method: Method, predicted: FloatArray, actual: FloatArray) -> BacktestRow:
    error = predicted - actual
    total, truth = float(predicted.sum()), float(actual.sum())
    return BacktestRow(
        method,
        float(np.sqrt(np.mean(error**2))),
        float(np.mean(np.abs(error))),
        (total - truth) / truth if truth else None,
        total,
        truth,
    )
