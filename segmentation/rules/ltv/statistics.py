"""Purchase histories reduced to what the models need, each distinct one kept once."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from segmentation.rules.ltv.codes import FloatArray, IntArray, TimeUnit

_MAX_KEY = 2**62


class InvalidHistories(ValueError):
    """The arrays do not describe purchase histories."""


@dataclass(frozen=True, eq=False)
class Histories:
    """Distinct (frequency, recency, age) triples of N customers; U of them differ.

    frequency: (U,) repeat purchase days, that is purchase days minus one (x).
    recency: (U,) time from the first to the last purchase day, in `unit` (t_x).
    age: (U,) time from the first purchase day to the end of observation, in `unit` (T).
    weight: (U,) number of customers that share the triple; sums to N.
    inverse: (N,) position of each customer's triple: `histories.frequency[histories.inverse]`.
    """

    frequency: IntArray
    recency: FloatArray
    age: FloatArray
    weight: IntArray
    inverse: IntArray
    unit: TimeUnit

    @classmethod
    def from_customers(
        cls,
        frequency: ArrayLike,
        recency_days: ArrayLike,
        age_days: ArrayLike,
        unit: TimeUnit = TimeUnit.DAY,
    ) -> Self:
        """Deduplicate exactly, in days, then express the times in `unit`.

        Each argument is (N,), one entry per customer, N may be 0. Raises InvalidHistories on
        lengths that differ, numbers that are not finite or whole where they must be, and on
        histories outside 0 <= recency <= age, or a recency without a repeat purchase.
        """
        x, t_x, age = _checked(frequency, recency_days, age_days)
        first, inverse, weight = distinct(age, t_x, x)
        return cls(
            x[first].astype(np.int64), t_x[first] / unit, age[first] / unit, weight, inverse, unit
        )

    @property
    def n_customers(self) -> int:
        """N, the number of customers before deduplication."""
        return len(self.inverse)

    @property
    def n_repeat_buyers(self) -> int:
        """Number of customers with at least one repeat purchase day."""
        return int(self.weight[self.frequency > 0].sum())

    def expand(self, per_history: FloatArray) -> FloatArray:
        """Turn (U,) results into (N,), one per customer in the order given at the start."""
        return per_history[self.inverse]


def _checked(x: ArrayLike, t_x: ArrayLike, age: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    arrays = [np.asarray(a, dtype=np.float64) for a in (x, t_x, age)]
    freq, rec, old = arrays
    if any(a.ndim != 1 or len(a) != len(freq) for a in arrays):
        raise InvalidHistories("frequency, recency and age must be one-dimensional and equally long")
    if not all(np.isfinite(a).all() for a in arrays):
        raise InvalidHistories("frequency, recency and age must be finite")
    if (freq < 0).any() or (freq > 2**53).any() or (freq != np.floor(freq)).any():
        raise InvalidHistories("frequency must be a whole number, zero or more")
    if (rec < 0).any() or (rec > old).any():
        raise InvalidHistories("recency must lie between zero and age")
    if (rec[freq == 0] != 0).any():
        raise InvalidHistories("recency must be zero where there is no repeat purchase")
    return freq, rec, old


def distinct(*columns: FloatArray) -> tuple[IntArray, IntArray, IntArray]:
    """Distinct rows of equally long columns (N,), compared exactly; entries are zero or more.

    Returns the position of one row of each kind (U,), the kind of each row (N,), and the number
    of rows of each kind (U,). Kinds are in the order of the columns, the first the slowest.
    """
    if len(columns[0]) == 0:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    # Sorting one integer key is several times faster than a lexsort of the columns.
    key = _packed(columns)
    order = np.lexsort(columns[::-1]) if key is None else np.argsort(key)
    starts = np.ones(len(order), dtype=bool)
    compared = columns if key is None else (key,)
    starts[1:] = np.logical_or.reduce([c[order[1:]] != c[order[:-1]] for c in compared])
    kind = np.empty(len(order), dtype=np.int64)
    kind[order] = np.cumsum(starts) - 1
    return order[starts], kind, np.diff(np.append(np.flatnonzero(starts), len(order)))


def _packed(columns: tuple[FloatArray, ...]) -> IntArray | None:
    """One integer per row (N,) that sorts like the columns; None where it cannot be exact."""
    if any((column != np.floor(column)).any() for column in columns):
        return None
    sizes = [float(column.max()) + 1 for column in columns]
    if math.prod(sizes) >= _MAX_KEY:
        return None
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        key = key * int(size) + column.astype(np.int64)
    return key
