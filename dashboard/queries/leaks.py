"""What was paid for and lost: the leak meter.

Counts come from the classes that the tick and the night conclude (`InquiryStanding`); what an inquiry cost and what a
new contact is expected to bring are the same for all of a channel and month, so that every table of the page is sums
of the same numbers, right to the minor unit.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from acquisition.models import Channel, Spend
from acquisition.queries.desk import leak_terms
from acquisition.rules import cost_per_customer
from acquisition.rules.leaks import LEAKS, State, Tally, conversion, expected_of_new
from core.money import from_minor
from core.periods import add_months, month_start

ZERO = Decimal(0)
WORTH_DAYS = 365
COUNTED = (*LEAKS, State.RECOVERED)
NOT_ASKED = -1

_CELLS = """
    SELECT date_trunc('month', happened_on)::date, channel_id, count(*) FROM acquisition_inquirystanding
    WHERE happened_on >= %(first)s AND happened_on < %(end)s AND state <> 'spam' GROUP BY 1, 2"""
# The forecast is read only where something is lost. A card without an order has none: it counts as somebody new.
_CUBE = """
    SELECT date_trunc('month', s.happened_on)::date, s.channel_id, s.state, {keys},
           g.customer_id IS NOT NULL, count(*), coalesce(sum(g.predicted_36), 0)
    FROM acquisition_inquirystanding s
    LEFT JOIN acquisition_inquiry i ON i.id = s.inquiry_id AND s.is_known AND s.state = ANY(%(counted)s)
    LEFT JOIN segmentation_standing g ON g.customer_id = i.customer_id
    WHERE s.happened_on >= %(first)s AND s.happened_on < %(end)s AND s.state <> 'spam'
      AND (%(channel)s = -1 OR s.channel_id = %(channel)s)
      AND (%(person)s = -1 OR s.person_id IS NOT DISTINCT FROM nullif(%(person)s, 0))
    GROUP BY 1, 2, 3, 4, 5, 6, 7"""
_DETAILED = "s.person_id, s.hour, s.line"
_PLAIN = "NULL::bigint, 0, ''"
_TALLIES = """
    SELECT i.channel_id, count(*), count(*) FILTER (WHERE s.state = 'ordered')
    FROM acquisition_inquiry i JOIN acquisition_inquirystanding s ON s.inquiry_id = i.id
    WHERE i.happened_on > %(since)s AND i.happened_on < %(until)s AND i.contact_captured AND NOT i.is_spam
    GROUP BY 1"""
_WON = """
    SELECT a.channel_id, count(*), sum(g.realised + g.predicted_36)
    FROM acquisition_acquisition a JOIN segmentation_standing g ON g.customer_id = a.customer_id
    WHERE a.won_on > %(since)s GROUP BY 1"""


@dataclass(frozen=True)
class Worth:
    """What one new contact of a channel is expected to bring, and from what: share of orders × LTV of those won."""

    share: Decimal
    ltv: Decimal
    captured: int
    is_own: bool

    @property
    def expected(self) -> Decimal:
        return expected_of_new(self.share, self.ltv)


@dataclass(frozen=True)
class Group:
    """Inquiries of one month, channel, class, person, hour and line, known or not.

    spent: what they cost. margin: what they would have brought, where they are lost or were recovered.
    """

    month: date
    channel: int | None
    state: str
    person: int | None
    hour: int
    line: str
    count: int
    spent: Decimal
    margin: Decimal


@dataclass(frozen=True)
class Sum:
    """Of some inquiries: how many, how many of them lost, what the lost ones cost and would have brought."""

    inquiries: int = 0
    leaks: int = 0
    spent: Decimal = ZERO
    margin: Decimal = ZERO

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.leaks) / self.inquiries if self.inquiries else None


@dataclass(frozen=True)
class LeakReport:
    """The groups of the period, the sums of each month of the trend, and what single inquiries cost and are worth."""

    groups: list[Group]
    trend: dict[date, Sum]
    recovered_by_month: dict[date, Sum]
    costs: dict[tuple[int | None, date], Decimal]
    worths: dict[int | None, Worth]
    inquiries: dict[tuple[int | None, date], int]

    def of(self, state: str) -> Sum:
        """A class over the period."""
        return total(group for group in self.groups if group.state == state)

    def by(self, key: Callable[[Group], Any]) -> dict[Any, Sum]:
        """Leaks of the period by what `key` gives; those with the greatest loss first."""
        found: dict[Any, list[Group]] = {}
        for group in self.groups:
            found.setdefault(key(group), []).append(group)
        sums = {name: total(groups, only_leaks=True) for name, groups in found.items()}
        return dict(sorted(sums.items(), key=lambda item: (-item[1].margin, -item[1].leaks, str(item[0]))))

    @property
    def lost(self) -> Sum:
        return total(self.groups, only_leaks=True)


def total(groups: Iterable[Group], *, only_leaks: bool = False) -> Sum:
    """Sum up; with `only_leaks` all inquiries count, and only the lost ones have cost and margin."""
    inquiries = leaks = 0
    spent = margin = ZERO
    for group in groups:
        inquiries += group.count
        if only_leaks and group.state not in LEAKS:
            continue
        leaks += group.count
        spent += group.spent
        margin += group.margin
    return Sum(inquiries, leaks, spent, margin)


def leak_report(
    *, first: date, last: date, trend_first: date, channel: int = NOT_ASKED, person: int = NOT_ASKED, today: date
) -> LeakReport:
    """Leaks of the months from `first` to `last`, and of each month from `trend_first` to `last`.

    channel, person: ids, or NOT_ASKED; person 0 is nobody. The cost of an inquiry is always that of all inquiries of
    its channel and month.
    """
    end = add_months(last, 1)
    inquiries = _cells(min(first, trend_first), end)
    costs = _costs(inquiries)
    worths = worths_of_new(today)
    asked = {"channel": channel, "person": person, "counted": [state.value for state in COUNTED]}
    groups = _groups(_DETAILED, asked | {"first": month_start(first), "end": end}, costs, worths)
    months = _groups(_PLAIN, asked | {"first": month_start(trend_first), "end": end}, costs, worths)
    by_month: dict[date, list[Group]] = {}
    for group in months:
        by_month.setdefault(group.month, []).append(group)
    return LeakReport(
        groups,
        {month: total(found, only_leaks=True) for month, found in by_month.items()},
        {month: total(each for each in found if each.state == State.RECOVERED) for month, found in by_month.items()},
        costs,
        worths,
        inquiries,
    )


def _cells(first: date, end: date) -> dict[tuple[int | None, date], int]:
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, {"first": month_start(first), "end": end})
        return {(channel, month): count for month, channel, count in cursor.fetchall()}


def _costs(inquiries: Mapping[tuple[int | None, date], int]) -> dict[tuple[int | None, date], Decimal]:
    """What one inquiry of a channel and month cost, where spend is entered."""
    months = {month for _channel, month in inquiries}
    spent: dict[tuple[int | None, date], Decimal] = {}
    for row in Spend.objects.filter(month__in=months):
        key = (row.channel_id, month_start(row.month))
        spent[key] = spent.get(key, ZERO) + row.amount
    found = {key: cost_per_customer(amount, inquiries.get(key, 0)) for key, amount in spent.items()}
    return {key: cost for key, cost in found.items() if cost is not None}


def worths_of_new(today: date) -> dict[int | None, Worth]:
    """What a new contact of each channel is expected to bring; reads a year of inquiries and of won customers.

    Channels without customers won have the LTV of all channels, as those with few inquiries have the share of all.
    """
    since = today - timedelta(days=WORTH_DAYS)
    until = today - timedelta(days=leak_terms().order_days)
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, {"since": since, "until": until})
        tallies = {channel: Tally(captured, ordered) for channel, captured, ordered in cursor.fetchall()}
        cursor.execute(_WON, {"since": since})
        won = {channel: (count, from_minor(int(worth or 0))) for channel, count, worth in cursor.fetchall()}
    every = sum(tallies.values(), Tally())
    count, worth = sum(each[0] for each in won.values()), sum((each[1] for each in won.values()), ZERO)
    channels = {*tallies, *won, None, *Channel.objects.values_list("pk", flat=True)}
    return {channel: _worth(channel, tallies, every, won, _mean(worth, count)) for channel in channels}


def _worth(
    channel: int | None,
    tallies: Mapping[int | None, Tally],
    every: Tally,
    won: Mapping[int | None, tuple[int, Decimal]],
    ltv_of_all: Decimal,
) -> Worth:
    own = tallies.get(channel, Tally())
    count, worth = won.get(channel, (0, ZERO))
    share = conversion(own, every)
    ltv = _mean(worth, count) if count else ltv_of_all
    return Worth(share, ltv, own.captured, is_own=share == own.share)


def _mean(amount: Decimal, count: int) -> Decimal:
    return amount / count if count else ZERO


def _groups(
    keys: str,
    params: dict[str, Any],
    costs: Mapping[tuple[int | None, date], Decimal],
    worths: Mapping[int | None, Worth],
) -> list[Group]:
    with connection.cursor() as cursor:
        cursor.execute(_CUBE.format(keys=keys), params)
        rows = cursor.fetchall()
    found = []
    for month, channel, state, person, hour, line, is_buyer, count, predicted in rows:
        margin = ZERO
        if state in COUNTED:
            margin = from_minor(int(predicted)) if is_buyer else worths[channel].expected * count
        spent = costs.get((channel, month), ZERO) * count
        found.append(Group(month, channel, state, person, hour, line, count, spent, margin))
    return found
