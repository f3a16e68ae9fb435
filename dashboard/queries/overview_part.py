"""The overview of a part of the base, or of another period: read from the base, and kept until the next night."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, Sum

from core.models import User
from core.money import from_minor
from core.periods import add_months, month_start
from customers.models import Customer
from customers.models.customer import CustomerQuerySet
from dashboard.figures.filters import FigureFilters
from dashboard.figures.kept import kept
from dashboard.queries.base import Worth, first_month
from segmentation.models import BaseSnapshot, Standing, XMark
from segmentation.queries.book import opening_of
from segmentation.queries.cohorts import stretches
from segmentation.queries.part import repeat_of, sales_of, totals_of

# Thirteen months of nights: the same season of the year before can be seen.
HISTORY_MONTHS = 13
_MONEY = ("predicted_12", "predicted_36", "realised", "value_at_risk", "base_value", "base_at_risk")

Days = dict[str, tuple[date, date]]


@dataclass(frozen=True)
class Asked:
    """What is asked for, by whom, on which day; a period of 12 months up to this one is the usual."""

    today: date
    filters: FigureFilters
    user: User

    @property
    def has_period(self) -> bool:
        return (self.filters.first, self.filters.last) != (first_month(self.today), month_start(self.today))

    @property
    def has_cost(self) -> bool:
        """Whether spend can be told of the part: it is entered by channel, and has no owner, grade or category."""
        return not (self.filters.grade or self.filters.owner or self.filters.category)

    @property
    def history_from(self) -> date:
        return self.filters.first if self.has_period else add_months(self.today, -HISTORY_MONTHS)

    def customers(self) -> CustomerQuerySet:
        return self.filters.narrow(Customer.objects.for_user(self.user))

    def stretches(self, on: date) -> Days:
        """The days that sales are told of, and the same ones of the year before."""
        if not self.has_period:
            return stretches(on)
        first, end = self.filters.first, add_months(self.filters.last, 1) - timedelta(days=1)
        before = add_months(self.filters.last, -12)
        last_before = add_months(before, 1) - timedelta(days=1)
        # A month that is not over is compared with the same days.
        if self.filters.last <= on < end:
            end, last_before = on, min(before + (on - self.filters.last), last_before)
        return {"period": (first, end), "period_year_ago": (add_months(first, -12), last_before)}

    def key(self, what: str, on: date) -> str:
        """What tells it from others, for keeping; who sees a part of the base keeps their own figures."""
        reader = "" if self.user.sees_whole_base else self.user.pk
        return f"{what}:{on}:{reader}:{self.filters.key}"


@dataclass(frozen=True)
class Narrowed:
    """The same as the night's, for a part: a snapshot that is not saved, those won in the period, sales."""

    snapshot: BaseSnapshot
    worth: Worth
    sales: dict[str, dict[str, int]]


def read_part(asked: Asked, night: Any) -> Narrowed:
    """The part of what `night`, the last snapshot, is of the whole; `night.balance` is where its month opens from."""
    since = date.fromisoformat(night.balance[0]["since"]) if night.balance else None
    found = kept(asked.key("overview", night.on), lambda: _read(asked, night.on, since))
    snapshot: Any = BaseSnapshot(
        on=night.on,
        buyers=_sum(found["grades"], "customers"),
        reachable=_sum(found["grades"], "reachable"),
        by_grade=found["grades"],
        by_lifecycle=found["stages"],
        repeat=found["repeat"],
        **{name: from_minor(_sum(found["grades"], name)) for name in _MONEY},
    )
    # Of a part nobody wrote down what it was worth night by night; the book knows what its month opened with.
    snapshot.history = []
    snapshot.balance = [{"since": str(since), "opening": found["opening"]}] if since else []
    snapshot.marked = found["marked"]
    customers, realised, predicted = found["won"]
    return Narrowed(snapshot, Worth(customers, from_minor(realised), from_minor(predicted)), found["sales"])


def read_sales(asked: Asked, on: date) -> dict[str, dict[str, int]]:
    """Of the whole base in the period asked for."""
    return kept(asked.key("overview-sales", on), lambda: sales_of(None, asked.stretches(on), on))


def _read(asked: Asked, on: date, since: date | None) -> dict[str, Any]:
    customers = asked.customers()
    by_grade, by_stage = totals_of(customers)
    return {
        "grades": by_grade,
        "stages": by_stage,
        "won": _won(asked, customers),
        "repeat": repeat_of(customers, on),
        "sales": sales_of(customers, asked.stretches(on), on),
        "opening": opening_of(since=since, customers=customers) if since else 0,
        "marked": XMark.objects.filter(customer__in=customers.order_by().values("pk")).count(),
    }


def _won(asked: Asked, customers: CustomerQuerySet) -> tuple[int, int, int]:
    """Those whose first order falls into the period: how many, margin so far, forecast of 36 months."""
    won = Standing.objects.filter(
        customer__in=customers.order_by().values("pk"),
        customer__statistics__first_on__gte=asked.filters.first,
        customer__statistics__first_on__lt=add_months(asked.filters.last, 1),
    ).aggregate(
        count=Count("pk"),
        so_far=Sum("realised", output_field=BigIntegerField()),
        later=Sum("predicted_36", output_field=BigIntegerField()),
    )
    return won["count"], int(won["so_far"] or 0), int(won["later"] or 0)


def _sum(totals: dict[str, dict[str, Any]], name: str) -> int:
    return sum(each[name] for each in totals.values())
