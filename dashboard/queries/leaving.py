"""Why customers leave and what it costs: by the night's sums, or for a part of the base by its own rows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Max, Sum

from acquisition.models import Channel
from core.money import from_minor
from core.periods import add_months, months_between
from customers.models import Customer, ProductCategory
from dashboard.figures.filters import FigureFilters
from dashboard.figures.kept import kept
from market.models import Competitor, LeavingReason
from market.rules.lift import Lift, lift_of
from segmentation.models import LeavingPattern, LossFigure
from segmentation.queries import leaving_sql
from segmentation.queries.book import scope_of

Row = tuple[date, str, str, int, Decimal]


@dataclass(frozen=True)
class Part:
    """What was lost in one part of a dimension. `key` is an id or a code, "" for none."""

    key: str
    name: str
    customers: int
    value: Decimal


@dataclass(frozen=True)
class Pattern:
    """What happened before, and whether customers leave more often after it."""

    code: str
    since: date
    on: date
    lift: Lift


@dataclass(frozen=True)
class LeavingReport:
    """Who left in the months asked for. `known` are those whose reason was told; the others are `unknown`.

    `parts` holds each dimension, the most money first. None of the sums counts who has bought again since.
    """

    filters: FigureFilters
    customers: int
    value: Decimal
    unknown: Part
    parts: dict[str, list[Part]]
    months: list[Part]
    patterns: list[Pattern] = field(default_factory=list)

    @property
    def known(self) -> int:
        return self.customers - self.unknown.customers

    @property
    def known_value(self) -> Decimal:
        return self.value - self.unknown.value

    @property
    def known_share(self) -> float:
        """Of those who left, how many told why; 0 where nobody left."""
        return self.known / self.customers if self.customers else 0.0

    @property
    def first_reason(self) -> Part | None:
        """The reason that cost the most."""
        return next((part for part in self.parts["reason"] if part.key), None)


def leaving_report(filters: FigureFilters) -> LeavingReport:
    """The whole base from the night's sums; a part of it from the losses themselves, kept until the next night."""
    whole, key = not filters.is_narrowed, f"leaving:{filters.key}"
    rows = _of_base(filters) if whole else kept(key, lambda: _of_part(filters))
    parts = {name: _parts(name, rows) for name in leaving_sql.DIMENSIONS if name != "all"}
    months = _months(filters, rows)
    unknown = next((part for part in parts["reason"] if not part.key), Part("", "", 0, Decimal(0)))
    return LeavingReport(
        filters=filters,
        customers=sum(part.customers for part in months),
        value=sum((part.value for part in months), Decimal(0)),
        unknown=unknown,
        parts=parts,
        months=months,
        patterns=_patterns(),
    )


def last_counted() -> date | None:
    """The newest month in which somebody is known to have left; None before the first night."""
    return LossFigure.objects.aggregate(last=Max("month"))["last"]


def _of_base(filters: FigureFilters) -> list[Row]:
    figures = LossFigure.objects.filter(month__gte=filters.first, month__lte=filters.last)
    months = figures.filter(dimension="all").values_list("month", "dimension", "part", "customers", "value")
    others = figures.exclude(dimension="all").order_by().values("dimension", "part")
    sums = others.annotate(people=Sum("customers"), money=Sum("value"))
    rest = [(filters.first, row["dimension"], row["part"], row["people"], row["money"]) for row in sums]
    return [*months, *rest]


def _of_part(filters: FigureFilters) -> list[Row]:
    scope = scope_of(filters.narrow(Customer.objects.all()), "x.customer_id")
    with connection.cursor() as cursor:
        text = leaving_sql.figures(f"x.left_on >= %s AND x.left_on < %s AND {scope}")
        cursor.execute(text, [filters.first, add_months(filters.last, 1)])
        return [(*row[:4], from_minor(row[4])) for row in cursor.fetchall()]


def _months(filters: FigureFilters, rows: Iterable[Row]) -> list[Part]:
    """Every month asked for, also one in which nobody left."""
    found = {month: (customers, value) for month, name, _part, customers, value in rows if name == "all"}
    months = months_between(filters.first, filters.last)
    return [Part(f"{month:%Y-%m}", "", *found.get(month, (0, Decimal(0)))) for month in months]


def _parts(dimension: str, rows: Iterable[Row]) -> list[Part]:
    sums: dict[str, tuple[int, Decimal]] = {}
    for _month, name, part, customers, value in rows:
        if name == dimension:
            before = sums.get(part, (0, Decimal(0)))
            sums[part] = before[0] + customers, before[1] + value
    names = NAMES[dimension](list(sums))
    found = [Part(key, names.get(key, ""), customers, value) for key, (customers, value) in sums.items()]
    return sorted(found, key=lambda part: (-part.value, part.name))


def _by_id(model: Any) -> Callable[[list[str]], dict[str, str]]:
    def names(keys: list[str]) -> dict[str, str]:
        ids = [int(key) for key in keys if key.isdecimal()]
        return {str(row.pk): str(row) for row in model.objects.filter(pk__in=ids)} if ids else {}

    return names


def _channels(keys: list[str]) -> dict[str, str]:
    return dict(Channel.objects.filter(code__in=keys).values_list("code", "name")) if any(keys) else {}


def _themselves(keys: list[str]) -> dict[str, str]:
    return {key: key for key in keys}


NAMES: dict[str, Callable[[list[str]], dict[str, str]]] = {
    "reason": _by_id(LeavingReason),
    "competitor": _by_id(Competitor),
    "grade": _themselves,
    "owner": _by_id(get_user_model()),
    "channel": _channels,
    "category": _by_id(ProductCategory),
}


def _patterns() -> list[Pattern]:
    """The comparisons in force, the strongest proven first."""
    found = [
        Pattern(
            row.code,
            row.since,
            row.on,
            lift_of(exposed=row.exposed, exposed_left=row.exposed_left, others=row.others, others_left=row.others_left),
        )
        for row in LeavingPattern.objects.all()
    ]
    return sorted(found, key=lambda each: (each.lift.is_too_few, -(each.lift.value or 0), each.code))
