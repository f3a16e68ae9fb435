"""Whose addresses stop working in the last year, and when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Of all customers in a year: one address lost, or all of them; of the latter some are found again.
ONE_SHARE, ALL_SHARE, FOUND_SHARE = 0.05, 0.03, 0.3
FEWEST_DAYS, MOST_DAYS = 25, 120


@dataclass(frozen=True)
class Losses:
    """Customers (numbers) whose phone, or whose every address, stopped working; days from the start of the year.

    found: the day on which those who lost everything gave a phone that works, beyond the year for most of them.
    """

    phone: NDArray[np.int64]
    phone_day: NDArray[np.int64]
    everything: NDArray[np.int64]
    everything_day: NDArray[np.int64]
    found_day: NDArray[np.int64]


def draw_losses(rng: np.random.Generator, count: int, days: int) -> Losses:
    """Over a year of so many days."""
    draw = rng.random(count)
    everything = np.flatnonzero(draw < ALL_SHARE)
    phone = np.flatnonzero((draw >= ALL_SHARE) & (draw < ALL_SHARE + ONE_SHARE))
    everything_day = rng.integers(0, days, len(everything))
    pause = rng.integers(FEWEST_DAYS, MOST_DAYS, len(everything))
    never = rng.random(len(everything)) >= FOUND_SHARE
    return Losses(
        phone=phone,
        phone_day=rng.integers(0, days, len(phone)),
        everything=everything,
        everything_day=everything_day,
        found_day=np.where(never, days + 1, everything_day + pause),
    )
