"""What the invented company paid for its channels, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo.rules.calendar import Calendar
from demo.rules.channels import SOURCES, Source
from demo.rules.purchases import Traits

USUAL_CUSTOMERS = 5000
INFLATION_A_MONTH = 1.008


@dataclass(frozen=True)
class Spent:
    """Roubles paid for a channel (by its number) in a month counted from the calendar's first."""

    source: int
    month: int
    kind: str
    amount: int


def monthly_spend(rng: np.random.Generator, calendar: Calendar, traits: Traits) -> Iterator[Spent]:
    """Advertising follows the customers won; salaries and tools are steady and grow with the base."""
    months = calendar.months()
    won = months[calendar.day_at(traits.won)]
    scale = max(1.0, len(traits) / USUAL_CUSTOMERS)
    for number, source in enumerate(SOURCES):
        counts = np.bincount(won[traits.channel == number], minlength=months[-1] + 1)
        for month, count in enumerate(counts.tolist()):
            dearer = INFLATION_A_MONTH**month
            noise = float(np.exp(rng.normal(0, 0.13)))
            calendar_month = (calendar.first.month - 1 + month) % 12 + 1
            for kind, amount in _costs(source, count, scale, calendar_month):
                if amount:
                    yield Spent(number, month, kind, round(amount * dearer * noise / 100) * 100)


def _costs(source: Source, won: int, scale: float, month: int) -> Iterator[tuple[str, float]]:
    """Kinds and sums of one month at the first month's prices. A seasonal channel pays in its months only."""
    if source.months and month not in source.months:
        return
    yearly = 12 / len(source.months) if source.months else 1
    yield "advertising", source.advertising_per_customer * won * yearly
    yield "salaries", source.salaries_a_month * scale
    yield "tools", source.tools_a_month * scale
    yield "other", source.other_per_customer * won
