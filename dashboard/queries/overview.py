"""What the overview shows."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from acquisition.rules import change
from core.money import from_minor
from core.periods import add_months
from dashboard.queries.base import Costs, Part, Worth, costs, grades, stages, together, whole
from dashboard.queries.overview_part import Asked, Days, read_part, read_sales
from segmentation.models import LEAVING, BaseBalance, BaseSnapshot, Cohort, XMark


@dataclass(frozen=True)
class Point:
    """The base on the morning after a night."""

    on: date
    value: Decimal
    at_risk: Decimal


@dataclass(frozen=True)
class Opening:
    """The closing of `month` that the balance of the month under way opens with."""

    month: date
    value: Decimal


@dataclass(frozen=True)
class Change:
    """From an earlier amount to the one of today; `share` is none where there was nothing before."""

    before: Decimal
    now: Decimal

    @property
    def amount(self) -> Decimal:
        return self.now - self.before

    @property
    def share(self) -> Decimal | None:
        return change(self.now, self.before)


@dataclass(frozen=True)
class Sales:
    """A stretch of days, both ends included, beside the same days of the year before."""

    first: date
    last: date
    revenue: Change
    margin: Change


@dataclass(frozen=True)
class RepeatRate:
    """Of `customers` old enough, how many bought again within `days` of the first order."""

    days: int
    customers: int
    came_back: int

    @property
    def share(self) -> float | None:
        return self.came_back / self.customers if self.customers else None


@dataclass(frozen=True)
class Overview:
    """The base after the last night, and what won customers cost and brought."""

    asked: Asked
    snapshot: BaseSnapshot
    history: list[Point]
    opening: Opening | None
    grades: list[Part]
    stages: list[Part]
    base: Worth
    won: Worth
    costs: Costs
    repeat: list[RepeatRate]
    sales: list[Sales]

    @property
    def value_change(self) -> Change | None:
        """Base value against the closing that the book opens the month from."""
        return Change(self.opening.value, self.snapshot.base_value) if self.opening else None

    @property
    def leaving(self) -> Part:
        """Customers at risk and lapsed together."""
        return together([part for part in self.stages if part.code in LEAVING])

    @property
    def times(self) -> Decimal | None:
        """LTV:CAC; none for a part that has no cost of its own."""
        return self.costs.times(self.won) if self.asked.has_cost else None


def overview(asked: Asked) -> Overview | None:
    """The base or the part asked for; none before the first night.

    Three queries where it is what the night wrote. A part, and another period, are kept until the next night.
    """
    snapshot = _last_night(asked)
    if snapshot is None:
        return None
    worth, sales = _worth(snapshot.cohorts), snapshot.sales
    if asked.filters.is_narrowed:
        found = read_part(asked, snapshot)
        snapshot, worth, sales = found.snapshot, found.worth, found.sales
    elif asked.has_period:
        sales = read_sales(asked, snapshot.on)
    return Overview(
        asked,
        snapshot,
        [_point(row) for row in snapshot.history],
        _opening(snapshot.balance),
        grades(snapshot),
        stages(snapshot),
        whole(snapshot),
        worth,
        costs(asked.today, first=asked.filters.first, last=asked.filters.last, channel=asked.filters.channel),
        [RepeatRate(int(days), *snapshot.repeat[days]) for days in sorted(snapshot.repeat, key=int)],
        _sales(asked.stretches(snapshot.on), sales) if sales else [],
    )


def _last_night(asked: Asked) -> Any:
    """The newest BaseSnapshot, or None, with `history`, the values of nights up to it, `balance`, what its month of the
    book opens with, `cohorts`, the newly won, and `marked`, how many customers have an X mark by now."""
    nights = BaseSnapshot.objects.filter(
        on__gte=asked.history_from, on__lt=add_months(asked.filters.last, 1), on__lte=OuterRef("on")
    ).order_by("on")
    won = Cohort.objects.filter(month__gte=asked.filters.first, month__lte=asked.filters.last)
    cohorts = won.order_by("month")
    fields = {"on": "on", "value": "base_value", "at_risk": "value_at_risk"}
    month = BaseBalance.objects.filter(as_of=OuterRef("on"), since__isnull=False).order_by("-month")[:1]
    marked = XMark.objects.order_by().values(all=Value(1)).values(count=Count("pk"))
    sums = {"customers": "customers", "realised": "realised", "predicted": "predicted_36"}
    return (
        BaseSnapshot.objects.annotate(
            history=ArraySubquery(nights.values(row=JSONObject(**fields))),
            balance=ArraySubquery(month.values(row=JSONObject(since="since", opening="opening"))),
            cohorts=ArraySubquery(cohorts.values(row=JSONObject(**sums))),
            marked=Coalesce(Subquery(marked), 0),
        )
        .order_by("-on")
        .first()
    )


def _sales(days: Days, sales: dict[str, Any]) -> list[Sales]:
    """This month so far and the last full one, or the period asked for."""
    return [
        Sales(*days[name], _change(sales, name, "revenue"), _change(sales, name, "margin"))
        for name in ("period", "month", "last_month")
        if name in days
    ]


def _change(sales: dict[str, Any], name: str, amount: str) -> Change:
    return Change(from_minor(sales[f"{name}_year_ago"][amount]), from_minor(sales[name][amount]))


def _point(row: dict[str, Any]) -> Point:
    return Point(date.fromisoformat(row["on"]), from_minor(row["value"]), from_minor(row["at_risk"]))


def _opening(rows: list[dict[str, Any]]) -> Opening | None:
    return Opening(date.fromisoformat(rows[0]["since"]), from_minor(rows[0]["opening"])) if rows else None


def _worth(rows: list[dict[str, Any]]) -> Worth:
    total = {key: sum(row[key] for row in rows) for key in ("customers", "realised", "predicted")}
    return Worth(total["customers"], from_minor(total["realised"]), from_minor(total["predicted"]))
