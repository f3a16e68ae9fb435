"""The balance sheet of the base, month by month."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from acquisition.rules import change, cost_per_customer, ratio
from core.money import from_minor, to_minor
from core.periods import add_months
from customers.models import Customer
from dashboard.figures.filters import FigureFilters
from dashboard.figures.kept import kept
from dashboard.queries.base import costs
from segmentation.models import BaseBalance
from segmentation.queries.book import Sums, balance
from segmentation.queries.intervals import value_interval
from segmentation.rules.book import ATTRITION, LOSSES, Cause

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Move:
    """Customers whose part of the base value moved for one cause, and by how much: below zero where it was lost."""

    cause: Cause
    customers: int
    amount: Decimal


@dataclass(frozen=True)
class Month:
    """A month of the book, in currency. `since` is the month it opens from, none where the book begins.

    Of a part of the base the interval is known for the newest month only: it reads the customers as they are now.
    """

    month: date
    as_of: date
    is_closed: bool
    since: date | None
    opening: Decimal
    closing: Decimal
    customers: int
    moves: dict[str, Move]
    unreachable_customers: int
    unreachable_value: Decimal
    lost_contacts: int
    lost_contacts_customers: int
    low: Decimal | None = None
    high: Decimal | None = None
    interval_reason: str = ""

    @property
    def change(self) -> Decimal:
        return self.closing - self.opening

    @property
    def share(self) -> Decimal | None:
        """The change as a part of the opening."""
        return change(self.closing, self.opening)

    @property
    def each(self) -> Decimal | None:
        """What one reachable buyer is worth."""
        return cost_per_customer(self.closing, self.customers)

    @property
    def attrition(self) -> Decimal:
        """Below zero: buyers who are worth less, or are buyers no more."""
        return sum((self.moves[cause].amount for cause in ATTRITION), NOTHING)

    @property
    def lost(self) -> Move:
        """Who became unreachable."""
        return self.moves[Cause.UNREACHABLE]

    @property
    def lost_value(self) -> Decimal:
        """What those who became unreachable were worth."""
        return -self.lost.amount

    @property
    def is_longer(self) -> bool:
        """Whether it covers more than its own month, because nights are missing before it."""
        return self.since is not None and self.since != add_months(self.month, -1)


@dataclass(frozen=True)
class BaseValue:
    """Months, the oldest first (never none), and what advertising cost in 12 months up to now."""

    months: list[Month]
    advertising: Decimal

    @property
    def now(self) -> Month:
        return self.months[-1]

    @property
    def budgets(self) -> Decimal | None:
        """How many yearly advertising budgets the base is worth."""
        return ratio(self.now.closing, self.advertising)


def base_value(*, today: date, filters: FigureFilters) -> BaseValue | None:
    """The months asked for; none where the book has none of them. Three queries, or a reading of a part of the base."""
    rows = list(BaseBalance.objects.filter(month__gte=filters.first, month__lte=filters.last).order_by("month"))
    if not rows:
        return None
    if filters.is_narrowed:
        months = kept(f"base_value:{filters.key}", lambda: _months_of_a_part(rows, filters))
    else:
        months = [_of_the_whole(row) for row in rows]
    return BaseValue(months, costs(today).year.advertising)


def latest_month(today: date) -> Month | None:
    """The newest month of the book; one query."""
    row = BaseBalance.objects.filter(month__lte=today).order_by("-month").first()
    return _of_the_whole(row) if row else None


def _of_the_whole(row: BaseBalance) -> Month:
    return Month(
        month=row.month,
        as_of=row.as_of,
        is_closed=row.is_closed,
        since=row.since,
        opening=row.opening,
        closing=row.closing,
        customers=row.customers,
        moves={cause: _move(cause, row.moves[cause]["customers"], row.moves[cause]["amount"]) for cause in Cause},
        unreachable_customers=row.unreachable_customers,
        unreachable_value=row.unreachable_value,
        lost_contacts=row.lost_contacts,
        lost_contacts_customers=row.lost_contacts_customers,
        low=row.low,
        high=row.high,
        interval_reason=row.interval_reason,
    )


def _months_of_a_part(rows: list[BaseBalance], filters: FigureFilters) -> list[Month]:
    """The same months over those customers alone who are let through today; the newest with its interval."""
    customers = filters.narrow(Customer.objects.all())
    months = [_of_a_part(row, customers) for row in rows]
    if BaseBalance.objects.filter(month__gt=rows[-1].month).exists():
        return months
    with transaction.atomic():
        interval = value_interval(as_of=rows[-1].as_of, customers=customers)
    if interval.deviation is None:
        return [*months[:-1], replace(months[-1], interval_reason=interval.reason)]
    low, high = (from_minor(end) for end in interval.around(to_minor(months[-1].closing)))
    return [*months[:-1], replace(months[-1], low=low, high=high, interval_reason="")]


def _of_a_part(row: BaseBalance, customers: QuerySet[Customer]) -> Month:
    sums = balance(since=row.since, month=row.month if row.is_closed else None, customers=customers)
    return Month(
        month=row.month,
        as_of=row.as_of,
        is_closed=row.is_closed,
        since=row.since,
        opening=from_minor(sums.opening),
        closing=from_minor(sums.closing),
        customers=sums.customers,
        moves={cause: _move(cause, *_moved(sums, cause)) for cause in Cause},
        unreachable_customers=sums.unreachable_customers,
        unreachable_value=from_minor(sums.unreachable_value),
        lost_contacts=sums.lost_contacts,
        lost_contacts_customers=sums.lost_contacts_customers,
        interval_reason="part",
    )


def _moved(sums: Sums, cause: Cause) -> tuple[int, int]:
    return sums.moves.get(cause, (0, 0))


def _move(cause: Cause, customers: int, amount: int) -> Move:
    return Move(cause, customers, from_minor(-amount if cause in LOSSES else amount))
