"""Which contacts the invented farmers opened: an ordinary month, and one evening that is not."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo.rules.fates import DAY

DAYS = 28
FEWEST, MOST = 5, 15
FIRST_HOUR, LAST_HOUR = 10, 18
# The evening begins within hours and goes on after them, one card after another.
EVENING, EVENING_OPENINGS = 20 * 3600 + 40 * 60, 64
OFFICE, ELSEWHERE = "192.0.2.15", "198.51.100.77"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE_AGENT = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@dataclass(frozen=True)
class Opening:
    """One opened contact: its place in the reader's list, when (seconds), and from where."""

    place: int
    moment: int
    ip: str = OFFICE
    agent: str = AGENT


def draw_month(rng: np.random.Generator, contacts: int, weekday: int, end: int) -> Iterator[Opening]:
    """Openings of one person on the working days of the last month.

    contacts: how many the person may choose from. weekday: that of the calendar's first day, 0 is Monday.
    """
    for day in range(end // DAY - DAYS, end // DAY):
        if (day + weekday) % 7 > 4:
            continue
        count = min(int(rng.integers(FEWEST, MOST + 1)), contacts)
        moments = np.sort(rng.integers(FIRST_HOUR * 3600, LAST_HOUR * 3600, count))
        for place, moment in zip(rng.permutation(contacts)[:count].tolist(), moments.tolist(), strict=True):
            yield Opening(place, day * DAY + moment)


def draw_evening(rng: np.random.Generator, contacts: int, end: int) -> Iterator[Opening]:
    """Yesterday evening: the list from its beginning, without a pause."""
    moment = end - DAY + EVENING
    for place in range(min(EVENING_OPENINGS, contacts)):
        yield Opening(place, moment, ELSEWHERE, PHONE_AGENT)
        moment += int(rng.integers(20, 70))
