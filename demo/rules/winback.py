"""Who entered the win-back flow, and the orders that it brought beside those that came anyway."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.rules.fates import DAY
from demo.rules.purchases import Purchases, in_order

# The flow was switched on so long before the end: customers rest for 180 days before they may enter again.
LAUNCHED_DAYS_AGO = 185
NIGHT = 3 * 3600 + 600
# As the product judges a customer's rhythm, with one gap for everybody in place of the segment's.
SEGMENT_GAP_DAYS = 22.0
AT_RISK, LAPSED, LOST = 1.5, 2.5, 5.0
# Of those written to who would not have ordered soon, so many order because of it: a modest effect.
UPLIFT = 0.10
SOON_DAYS = 14.0
CODE_USED = 0.5
CODE_DAYS = 30


@dataclass(frozen=True)
class Passages:
    """One element per customer who entered: who, when (seconds from the calendar's start), and why."""

    customer: NDArray[np.int32]
    entered: NDArray[np.int64]
    has_lapsed: NDArray[np.bool_]
    is_holdout: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.customer)

    @classmethod
    def none(cls) -> "Passages":
        """Nobody entered."""
        return cls(*(np.zeros(0, dtype=kind) for kind in (np.int32, np.int64, bool, bool)))


@dataclass(frozen=True)
class _Silences:
    """Every purchase with the silence after it, by customer and time (seconds)."""

    customer: NDArray[np.int32]
    at: NDArray[np.int64]
    gap: NDArray[np.float64]
    until: NDArray[np.int64]


def _silences(purchases: Purchases, never: int) -> _Silences:
    order = np.lexsort((purchases.moment, purchases.customer))
    customer, at = purchases.customer[order], purchases.moment[order]
    is_first = np.concatenate([[True], customer[1:] != customer[:-1]])
    start = np.maximum.accumulate(np.where(is_first, np.arange(len(at)), 0))
    gaps_seen = np.arange(len(at)) - start
    gap = (at - at[start] + 2 * SEGMENT_GAP_DAYS * DAY) / (gaps_seen + 2)
    until = np.append(np.where(is_first[1:], never, at[1:]), never)
    return _Silences(customer, at, gap, until)


def draw_passages(purchases: Purchases, reached: NDArray[np.bool_], held_out: NDArray[np.bool_], end: int) -> Passages:
    """The first time that each customer fell silent for longer than their rhythm while the flow was on.

    `reached` and `held_out` say of each customer whether a message can reach them, and whether they belong
    to the control group. `end` is the calendar's end in seconds.
    """
    silences = _silences(purchases, never=end + 10 * 365 * DAY)
    launch = end - LAUNCHED_DAYS_AGO * DAY
    noticed = np.maximum(silences.at + AT_RISK * silences.gap, launch)
    entered = (np.ceil(noticed / DAY) * DAY).astype(np.int64) + NIGHT
    enters = (
        (entered < np.minimum(silences.until, silences.at + LOST * silences.gap))
        & (entered < end)
        & reached[silences.customer]
    )
    places = np.flatnonzero(enters)
    customer, first = np.unique(silences.customer[places], return_index=True)
    places = places[first]
    return Passages(
        customer=customer,
        entered=entered[places],
        has_lapsed=entered[places] > silences.at[places] + LAPSED * silences.gap[places],
        is_holdout=held_out[customer],
    )


def won_back(
    rng: np.random.Generator, purchases: Purchases, passages: Passages, end: int
) -> tuple[Purchases, NDArray[np.bool_]]:
    """Add the orders that the flow brought. Returns all purchases, and which of them named its code."""
    if not len(passages):
        return purchases, np.zeros(len(purchases), dtype=bool)
    treated = ~passages.is_holdout
    following = _next_after(purchases, passages)
    silent = following > passages.entered + int(SOON_DAYS * DAY)
    comes = treated & silent & (rng.random(len(passages)) < UPLIFT)
    moment = passages.entered + (DAY * (0.4 + rng.gamma(2.0, 2.5, len(passages)))).astype(np.int64)
    comes &= moment < end
    day = (moment[comes] // DAY).astype(np.int32)
    more, tag = in_order(
        np.concatenate([purchases.customer, passages.customer[comes]]),
        np.concatenate([purchases.day, day]),
        np.concatenate([purchases.second, (moment[comes] % DAY).astype(np.int32)]),
        tag=np.concatenate([np.zeros(len(purchases), dtype=bool), np.ones(len(day), dtype=bool)]),
    )
    return more, tag | _names_code(rng, more, passages)


def _next_after(purchases: Purchases, passages: Passages) -> NDArray[np.int64]:
    """For each passage, the customer's first purchase after entry (far away if there is none)."""
    following = np.full(len(passages), np.iinfo(np.int64).max)
    place, after = _matched(purchases, passages)
    np.minimum.at(following, place[after], purchases.moment[after])
    return following


def _names_code(rng: np.random.Generator, purchases: Purchases, passages: Passages) -> NDArray[np.bool_]:
    """Half of those who were written to and order while the code is good use it, on the first such order."""
    place, after = _matched(purchases, passages)
    moment = purchases.moment
    inside = after & (moment <= passages.entered[place] + CODE_DAYS * DAY) & ~passages.is_holdout[place]
    rows = np.flatnonzero(inside)
    _who, first = np.unique(purchases.customer[rows], return_index=True)
    names = np.zeros(len(purchases), dtype=bool)
    names[rows[first]] = rng.random(len(first)) < CODE_USED
    return names


def _matched(purchases: Purchases, passages: Passages) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each purchase, a passage (its customer's, if there is one), and whether it came after its entry."""
    place = np.searchsorted(passages.customer, purchases.customer).clip(max=len(passages) - 1)
    same = passages.customer[place] == purchases.customer
    return place, same & (purchases.moment > passages.entered[place])
