"""How a forecast did among parts of the base: by grade, by how often somebody had bought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from segmentation.rules.ltv.codes import FloatArray, IntArray, Method

# Purchases at the cut, from which a band begins.
FREQUENCY_BANDS = (1, 2, 3, 5, 10)
GRADES = ("A", "B", "C", "D", "")


@dataclass(frozen=True)
class Errors:
    """Of one method among some customers, per customer. bias: (predicted - actual) / actual, None without actual."""

    predicted: float
    rmse: float
    mae: float
    bias: float | None


@dataclass(frozen=True)
class Group:
    """Customers of one code, what came of them, and what each method had foretold."""

    code: str
    customers: int
    actual: float
    methods: dict[Method, Errors]


def errors(predicted: FloatArray, actual: FloatArray) -> Errors:
    """Of N >= 1 customers."""
    error = predicted - actual
    total, truth = float(predicted.sum()), float(actual.sum())
    bias = (total - truth) / truth if truth > 0 else None
    return Errors(total, float(np.sqrt(np.mean(error**2))), float(np.mean(np.abs(error))), bias)


def by_group(
    codes: Sequence[str], at: IntArray, forecasts: Mapping[Method, FloatArray], actual: FloatArray
) -> tuple[Group, ...]:
    """A group for each code that has customers; `at` (N,) is the position of each customer's code."""
    found = []
    for position, code in enumerate(codes):
        inside = at == position
        if inside.any():
            methods = {method: errors(each[inside], actual[inside]) for method, each in forecasts.items()}
            found.append(Group(code, int(inside.sum()), float(actual[inside].sum()), methods))
    return tuple(found)


def frequency_band(purchases: IntArray) -> IntArray:
    """Position (N,) in FREQUENCY_BANDS of customers with so many purchase days, one at least."""
    position: IntArray = np.searchsorted(FREQUENCY_BANDS, purchases, side="right").astype(np.int64) - 1
    return position


def grade_position(many: NDArray[np.bool_], high: NDArray[np.bool_], bought: NDArray[np.bool_]) -> IntArray:
    """Position (N,) in GRADES: many orders or few, a high check or a low one; the last without an order."""
    letter = np.where(many, np.where(high, 0, 2), np.where(high, 1, 3))
    position: IntArray = np.where(bought, letter, 4).astype(np.int64)
    return position
