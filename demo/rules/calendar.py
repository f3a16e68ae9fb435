"""Seasons of the shop: which days, weekdays and hours are busy.

Purchases run in "flow" time, in which they are an even Poisson process; busy days take more of it than
quiet ones. Mapping flow back to days gives seasons while the process stays the one that BG/NBD assumes.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

MONTHS = np.array([0.86, 1.0, 1.08, 1.0, 0.94, 0.87, 0.8, 0.85, 1.0, 1.06, 1.14, 1.42])
WEEKDAYS = np.array([1.06, 1.06, 1.0, 1.0, 1.1, 0.97, 0.81])
HOURS = np.array([1, 0.4, 0.2, 0.1, 0.1, 0.3, 1, 2, 4, 6, 8, 8, 8, 7, 7, 7, 7, 7, 7, 8, 8, 7, 5, 3])


@dataclass(frozen=True)
class Calendar:
    """Days from `first` on; `flow[i]` is the flow time at the start of day i, about 365 a year."""

    first: date
    flow: NDArray[np.float64]

    @property
    def last(self) -> date:
        """The last day of the story."""
        return self.first + timedelta(days=self.days - 1)

    @property
    def days(self) -> int:
        return len(self.flow) - 1

    @property
    def end(self) -> float:
        return float(self.flow[-1])

    def day_at(self, flow: NDArray[np.float64]) -> NDArray[np.int32]:
        """The day that a flow time falls on."""
        return np.searchsorted(self.flow, flow, side="right").astype(np.int32) - 1

    def months_of_year(self) -> NDArray[np.int32]:
        """For each day, the number of its month from 1 to 12."""
        return (self.months() + self.first.month - 1) % 12 + 1

    def months(self) -> NDArray[np.int32]:
        """For each day, the number of its month counted from the first day's month."""
        dates = [self.first + timedelta(days=day) for day in range(self.days)]
        start = self.first.year * 12 + self.first.month
        return np.array([day.year * 12 + day.month - start for day in dates], dtype=np.int32)


def three_years_before(as_of: date) -> Calendar:
    """The three years that end with the day before `as_of`."""
    first = as_of - timedelta(days=3 * 365)
    dates = [first + timedelta(days=day) for day in range(3 * 365)]
    weights = np.array([MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] for day in dates])
    return Calendar(first, np.concatenate([[0.0], np.cumsum(weights)]))


def winning_moments(rng: np.random.Generator, calendar: Calendar, count: int, growth: float) -> NDArray[np.float64]:
    """Flow times at which customers are won; each year wins `growth` times as many as the year before."""
    share = (np.arange(calendar.days) + 0.5) / 365
    weights = np.diff(calendar.flow) * growth**share
    reached = np.concatenate([[0.0], np.cumsum(weights)])
    drawn = rng.random(count) * reached[-1]
    day = np.searchsorted(reached, drawn, side="right") - 1
    part = (drawn - reached[day]) / weights[day]
    return calendar.flow[day] + part * np.diff(calendar.flow)[day]


def seconds_of_day(rng: np.random.Generator, count: int) -> NDArray[np.int32]:
    """Times of day, busy about noon and in the evening."""
    hours = np.searchsorted(np.cumsum(HOURS) / HOURS.sum(), rng.random(count), side="right")
    return (hours * 3600 + rng.integers(0, 3600, count)).astype(np.int32)
