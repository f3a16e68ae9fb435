"""Orders of a whole base over time: what each method foretells, week by week."""

import numpy as np
from numpy.typing import ArrayLike

from segmentation.rules.ltv.codes import FloatArray
from segmentation.rules.ltv.predict import OrderModel
from segmentation.rules.ltv.statistics import Histories, distinct, sums_by

_CHUNK = 20_000


def total_orders(orders: OrderModel, histories: Histories, horizons: ArrayLike) -> FloatArray:
    """Expected orders (K,) of all customers together over the next K horizons (K,), in the model's time unit.

    While alive, orders depend on frequency and age alone: the probabilities of being alive are added up over each
    distinct pair, and memory stays that of the pairs, not of customers times weeks.
    """
    times = np.asarray(horizons, dtype=np.float64)
    x = histories.frequency.astype(np.float64)
    first, pair_at, _ = distinct(x, histories.age)
    alive = orders.probability_alive(histories)
    weight = histories.weight.astype(np.float64) * (1.0 if alive is None else alive)
    per_pair = sums_by(pair_at, weight, len(first))
    total = np.zeros(len(times))
    for low in range(0, len(first), _CHUNK):
        part = slice(low, low + _CHUNK)
        pairs = first[part]
        each = orders.orders_while_alive(x[pairs], histories.age[pairs], times)
        total += np.einsum("m,mk->k", per_pair[part], each)
    return total
