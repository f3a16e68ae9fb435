"""What becomes of each invented order: its status, its delivery, its discount."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.rules.purchases import Purchases

STATUSES = ("new", "confirmed", "fulfilled", "cancelled", "returned")
NEW, CONFIRMED, FULFILLED, CANCELLED, RETURNED = range(5)

CANCELLED_SHARE = 0.035
RETURNED_SHARE = 0.01
PART_RETURNED_SHARE = 0.03
LATE_SHARE = 0.07
DISCOUNTS = np.array([0, 5, 10, 15])
DISCOUNT_SHARES = np.array([0.80, 0.09, 0.08, 0.03])
DAY = 86400


@dataclass(frozen=True)
class Fates:
    """Per order: index into STATUSES, seconds from the calendar's start to delivery (-1 for none), whether it
    was late, whether a part came back, and the discount in percent."""

    status: NDArray[np.int8]
    fulfilled: NDArray[np.int64]
    late: NDArray[np.bool_]
    part_returned: NDArray[np.bool_]
    discount: NDArray[np.int16]

    @classmethod
    def joined(cls, parts: "list[Fates]") -> "Fates":
        """Fates of orders that were drawn in parts."""
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.__dataclass_fields__))


def draw_fates(rng: np.random.Generator, purchases: Purchases, end: int) -> Fates:
    """Draw the fate of each order as known at second `end` of the calendar: the last ones are under way."""
    count = len(purchases)
    placed = purchases.day.astype(np.int64) * DAY + purchases.second
    late = rng.random(count) < LATE_SHARE
    lead = rng.exponential(1.1 * DAY, count).clip(3600, 4 * DAY) + 0.6 * DAY
    lead += np.where(late, rng.uniform(4, 9, count) * DAY, 0)
    arrives = placed + lead.astype(np.int64)
    chance = rng.random(count)
    status = np.full(count, FULFILLED, dtype=np.int8)
    under_way = arrives >= end
    status[under_way] = np.where(placed[under_way] > end - DAY, NEW, CONFIRMED)
    status[~under_way & (chance < RETURNED_SHARE)] = RETURNED
    status[chance > 1 - CANCELLED_SHARE] = CANCELLED
    delivered = (status == FULFILLED) | (status == RETURNED)
    return Fates(
        status=status,
        fulfilled=np.where(delivered, arrives, -1),
        late=late & delivered,
        part_returned=(status == FULFILLED) & (rng.random(count) < PART_RETURNED_SHARE) & (arrives < end - 3 * DAY),
        discount=rng.choice(DISCOUNTS, count, p=DISCOUNT_SHARES).astype(np.int16),
    )
