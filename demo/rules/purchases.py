"""Who the invented customers are, and when they buy.

The process is that of the BG/NBD family (Fader, Hardie and Lee, 2005; with a dropout also after the first
purchase, as Batislam, Denizel and Filiztekin, 2007): a customer buys at a Poisson rate drawn from a gamma
distribution, and after each purchase leaves for good with a probability drawn from a beta distribution.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.rules.calendar import Calendar, seconds_of_day, winning_moments
from demo.rules.channels import SOURCES
from demo.rules.words import CITIES

COMPANY_SHARE = 0.12
GROWTH = 1.15
MOST_ORDERS_A_YEAR = 120.0


@dataclass(frozen=True)
class Habits:
    """How a kind of customer buys: orders a year ~ Gamma, leaving ~ Beta, typical check in roubles."""

    rate_shape: float
    rate_mean: float
    leave_a: float
    leave_b: float
    check: float
    check_spread: float


PERSONS = Habits(rate_shape=2.2, rate_mean=17.0, leave_a=0.20, leave_b=0.28, check=1700, check_spread=0.5)
COMPANIES = Habits(rate_shape=1.8, rate_mean=26.0, leave_a=0.20, leave_b=0.55, check=5200, check_spread=0.7)


@dataclass(frozen=True)
class Traits:
    """What each customer is like, one array element per customer."""

    is_company: NDArray[np.bool_]
    channel: NDArray[np.int8]
    city: NDArray[np.int8]
    rate: NDArray[np.float64]
    leave: NDArray[np.float64]
    check: NDArray[np.float64]
    won: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.rate)


@dataclass(frozen=True)
class Purchases:
    """Who bought when, in order of time: customer index, day index, second of the day."""

    customer: NDArray[np.int32]
    day: NDArray[np.int32]
    second: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.customer)

    @property
    def moment(self) -> NDArray[np.int64]:
        """Seconds from the calendar's start."""
        return self.day.astype(np.int64) * 86400 + self.second

    def part(self, start: int, stop: int) -> "Purchases":
        """Some of them in a row."""
        return Purchases(self.customer[start:stop], self.day[start:stop], self.second[start:stop])


def draw_traits(rng: np.random.Generator, calendar: Calendar, count: int) -> Traits:
    """Draw `count` customers in the order in which they are won.

    Rates are per day of flow time, checks in roubles.
    """
    is_company = rng.random(count) < COMPANY_SHARE
    persons, companies = (
        _pick(rng, [getattr(source, kind) for source in SOURCES], count) for kind in ("persons", "companies")
    )
    channel = np.where(is_company, companies, persons).astype(np.int8)
    loyalty = np.array([source.loyalty for source in SOURCES])[channel]
    shape, mean, a, b, check, spread = (
        np.where(is_company, getattr(COMPANIES, name), getattr(PERSONS, name)) for name in Habits.__dataclass_fields__
    )
    rate = rng.gamma(shape, mean / shape).clip(0.2, MOST_ORDERS_A_YEAR) / 365
    return Traits(
        is_company=is_company,
        channel=channel,
        city=_pick(rng, [share for _, _, share in CITIES], count),
        rate=rate,
        leave=(rng.beta(a, b) * loyalty).clip(0.005, 0.98),
        check=check * np.exp(rng.normal(0, 1, count) * spread),
        won=np.sort(winning_moments(rng, calendar, count, GROWTH)),
    )


def draw_purchases(rng: np.random.Generator, traits: Traits, calendar: Calendar) -> Purchases:
    """Let every customer buy until they leave or the calendar ends."""
    buyers, moments = [], []
    active, clock = np.arange(len(traits), dtype=np.int32), traits.won
    while active.size:
        buyers.append(active)
        moments.append(clock)
        stays = rng.random(active.size) >= traits.leave[active]
        active, clock = active[stays], clock[stays] + rng.exponential(1 / traits.rate[active[stays]])
        inside = clock < calendar.end
        active, clock = active[inside], clock[inside]
    customer = np.concatenate(buyers)
    days = np.concatenate([calendar.day_at(clock) for clock in moments])
    return in_order(customer, days, seconds_of_day(rng, len(customer)))[0]


def in_order(
    customer: NDArray[np.int32],
    day: NDArray[np.int32],
    second: NDArray[np.int32],
    tag: NDArray[np.bool_] | None = None,
) -> tuple[Purchases, NDArray[np.bool_]]:
    """Purchases in order of time, and their tags in the same order (false without any)."""
    order = np.argsort(day * np.int32(86400) + second, kind="stable")
    tags = np.zeros(len(customer), dtype=bool) if tag is None else tag[order]
    return Purchases(customer[order], day[order], second[order]), tags


def _pick(rng: np.random.Generator, weights: list[float], count: int) -> NDArray[np.int8]:
    """Indexes drawn with these weights."""
    reached = np.cumsum(weights) / sum(weights)
    return np.searchsorted(reached, rng.random(count), side="right").astype(np.int8)
