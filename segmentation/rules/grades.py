"""Grades: how many orders, how high an average check, each against a threshold."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

HIGH_CHECK = frozenset("AB")
MANY_ORDERS = frozenset("AC")


@dataclass(frozen=True)
class Thresholds:
    """What separates much from little.

    count: lies between two whole numbers, see `cut_above` and `cut_from`. check: in the unit of
    the checks that are compared with it. hysteresis: 0.1 is 10 % of the threshold on either side.
    """

    count: float
    check: float
    hysteresis: float


def cut_above(quantile: float) -> float:
    """Threshold for "more orders than the quantile".

    Where half of the buyers bought once the median is 1, and everybody reaches it: many begins
    above it. Half-way to the next whole number, the hysteresis cannot bar the way back down.
    """
    return math.floor(quantile) + 0.5


def cut_from(least: float) -> float:
    """Threshold for "at least so many orders", for a fixed number in the policy."""
    return math.ceil(least) - 0.5


def grade(previous: str, orders: int, average_check: float, limits: Thresholds) -> str:
    """A, B, C or D from the orders and the average check of the window.

    previous: the last grade, "" where there is none; without an order in the window it stays. For
    somebody never graded, whose orders all lie before it, the window ends with the own last order.
    """
    if orders == 0:
        return previous
    many = _side(previous in MANY_ORDERS, orders, limits.count, limits.hysteresis if previous else 0)
    high = _side(previous in HIGH_CHECK, average_check, limits.check, limits.hysteresis if previous else 0)
    return {(True, True): "A", (False, True): "B", (True, False): "C", (False, False): "D"}[many, high]


def _side(was_high: bool, value: float, threshold: float, hysteresis: float) -> bool:
    """Whether the value is high: to change sides it must pass the threshold by the hysteresis."""
    return value >= threshold * (1 - hysteresis) if was_high else value > threshold * (1 + hysteresis)


def fewest_of_many(count_threshold: float | Decimal) -> int:
    """The smallest number of orders that is above the threshold, for showing to people."""
    return math.floor(count_threshold) + 1


def pareto_cut(weights: Sequence[tuple[float, float]], share: float) -> tuple[float, float]:
    """The least and the next value of the fewest that make the share: (in, out).

    weights: (value, weight) of each customer, a value being orders or an average check and its weight orders or
    revenue. Sorted from the highest value on, customers of one value together, until their weight reaches `share` of
    the whole; `in` is the value of the last of them, `out` the highest value of the others (0 where nobody is left).
    """
    whole = sum(weight for _value, weight in weights)
    sums: dict[float, float] = {}
    for value, weight in weights:
        sums[value] = sums.get(value, 0) + weight
    falling = sorted(sums, reverse=True)
    reached = 0.0
    for place, value in enumerate(falling):
        reached += sums[value]
        if reached >= share * whole:
            return value, falling[place + 1] if place + 1 < len(falling) else 0.0
    return 0.0, 0.0
