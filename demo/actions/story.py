"""The invented history as arrays, drawn from a seed and a day, before anything is written."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from campaigns.rules.holdout import in_holdout
from demo.actions.copying import NULL
from demo.rules.calendar import Calendar, three_years_before
from demo.rules.fates import DAY
from demo.rules.purchases import Purchases, Traits, draw_purchases, draw_traits
from demo.rules.reach import Reach, draw_reach
from demo.rules.winback import Passages, draw_passages, won_back

Texts = NDArray[np.object_]
LEADS_SHARE = 0.03
FLOW = "win-back"
HOLDOUT_PERCENT = 10
# A random stream of its own for each part, so that a change in one leaves the others as they were.
STREAMS = (
    "traits",
    "purchases",
    "spend",
    "people",
    "orders",
    "reach",
    "winback",
    "nps",
    "touches",
    "tasks",
    "relations",
    "inquiries",
    "visits",
    "consents",
    "reading",
    "losing",
    "leaving",
    "desk",
)


@dataclass(frozen=True)
class Story:
    """Customers 0 … n-1 of `traits` bought, leads come after them. An id is this number plus one."""

    seed: int
    as_of: date
    calendar: Calendar
    traits: Traits
    leads: int
    reach: Reach
    purchases: Purchases
    passages: Passages
    names_code: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.traits) + self.leads

    def stream(self, name: str, part: int = 0) -> np.random.Generator:
        """The random numbers of one part of the story."""
        return stream(self.seed, name, part)

    @property
    def end(self) -> int:
        """Seconds from the calendar's start to its end."""
        return self.calendar.days * DAY

    @property
    def moment_of_end(self) -> datetime:
        """The midnight at which the calendar ends."""
        return datetime.combine(self.as_of, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))

    @cached_property
    def clock(self) -> "Clock":
        return Clock.from_day(self.calendar.first, self.calendar.days + 60)

    @cached_property
    def first(self) -> NDArray[np.int64]:
        """For each buyer, the position of the first purchase (purchases are in order of time)."""
        first = np.empty(len(self.traits), dtype=np.int64)
        first[self.purchases.customer[::-1]] = np.arange(len(self.purchases))[::-1]
        return first


@dataclass(frozen=True)
class Clock:
    """Seconds from the calendar's start as text in the company's local time, looked up, not computed."""

    days: Texts
    seconds: Texts

    @classmethod
    def from_day(cls, first: date, days: int) -> "Clock":
        seconds = [f" {s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(DAY)]
        texts = [str(first + timedelta(days=day)) for day in range(days)]
        return cls(np.array(texts, dtype=object), np.array(seconds, dtype=object))

    def texts(self, moments: NDArray[np.int64]) -> Texts:
        """Moments as "2026-11-21 10:00:00"; a negative one is none."""
        day, second = np.divmod(moments.clip(0), DAY)
        return np.where(moments < 0, NULL, self.days[day] + self.seconds[second])


def stream(seed: int, name: str, part: int = 0) -> np.random.Generator:
    """Independent random numbers for a part of the story."""
    return np.random.default_rng([seed, STREAMS.index(name), part])


def tell(*, customers: int, seed: int, as_of: date, lean: bool) -> Story:
    """Draw the customers and their purchases of the three years before `as_of`; no flow if `lean`."""
    calendar = three_years_before(as_of)
    end = calendar.days * DAY
    leads = int(customers * LEADS_SHARE)
    traits = draw_traits(stream(seed, "traits"), calendar, customers - leads)
    reach = draw_reach(stream(seed, "reach"), customers)
    purchases = draw_purchases(stream(seed, "purchases"), traits, calendar)
    if lean:
        passages, names_code = Passages.none(), np.zeros(len(purchases), dtype=bool)
    else:
        passages = draw_passages(purchases, reach.by_marketing, _held_out(customers), end)
        purchases, names_code = won_back(stream(seed, "winback"), purchases, passages, end)
    return Story(seed, as_of, calendar, traits, leads, reach, purchases, passages, names_code)


def _held_out(customers: int) -> NDArray[np.bool_]:
    """Whom the product's own hash puts into the control group."""
    return np.array(
        [
            in_holdout(flow_code=FLOW, customer_id=number + 1, passage=1, percent=HOLDOUT_PERCENT)
            for number in range(customers)
        ]
    )
