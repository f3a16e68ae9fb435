"""Who stands where on two days, from the histories of grade and stage: customers, and what they are worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from core.money import from_minor
from core.periods import month_start
from customers.models import Customer
from segmentation.models import BaseBalance, BookEntry
from segmentation.queries.book import scope_of
from segmentation.queries.grades_sql import ROOM
from segmentation.rules.moves import grade_way, stage_way

# What moves, in which table it is written down, and in which column it stands today.
_TABLES = {"grade": "segmentation_gradechange", "lifecycle": "segmentation_lifecyclechange"}
OF = tuple(_TABLES)

# On the evening of a day somebody stood where the first change after it began, or stands now without one.
_AFTER = """
SELECT DISTINCT ON (customer_id) customer_id, old FROM {changes} WHERE "on" > {day} ORDER BY customer_id, "on"
"""
_MOVES = """
WITH since_first AS ({since_first}), since_last AS ({since_last}), people AS (
    SELECT coalesce(s.customer_id, a.customer_id) AS customer_id, s.predicted_12,
           coalesce(a.old, s.{of}, '') AS before, coalesce(b.old, s.{of}, '') AS after
    FROM segmentation_standing AS s
    FULL JOIN since_first AS a ON a.customer_id = s.customer_id
    LEFT JOIN since_last AS b ON b.customer_id = coalesce(s.customer_id, a.customer_id)
)
SELECT p.before, p.after, count(*), coalesce(sum(v.value), 0)::bigint, coalesce(sum({value_after}), 0)::bigint
FROM people AS p
LEFT JOIN segmentation_bookentry AS v ON v.month = %(first_month)s AND v.customer_id = p.customer_id
LEFT JOIN segmentation_bookentry AS w ON w.month = %(last_month)s AND w.customer_id = p.customer_id
WHERE (p.before <> '' OR p.after <> '') AND {scope}
GROUP BY p.before, p.after
"""
_TOTALS = """
SELECT p.grade, count(*), coalesce(sum(t.window_revenue), 0)::bigint, coalesce(sum(p.realised), 0)::bigint,
       coalesce(sum(p.predicted_12), 0)::bigint, coalesce(sum(p.value_at_risk), 0)::bigint
FROM segmentation_standing AS p LEFT JOIN segmentation_purchasestatistics AS t ON t.customer_id = p.customer_id
WHERE {scope}
GROUP BY p.grade
"""

Rows = list[list[Any]]


@dataclass(frozen=True)
class Move:
    """Customers between two codes ("" before the first order, or without any left): what they were and are worth."""

    of: str
    before: str
    after: str
    customers: int
    value_before: Decimal
    value_after: Decimal

    @property
    def way(self) -> str:
        return (grade_way if self.of == "grade" else stage_way)(self.before, self.after)

    @property
    def change(self) -> Decimal:
        return self.value_after - self.value_before


@dataclass(frozen=True)
class Total:
    """The customers of one grade today: revenue of the window, margin so far, forecast of 12 months, risk."""

    grade: str
    customers: int
    revenue: Decimal
    realised: Decimal
    predicted_12: Decimal
    value_at_risk: Decimal


@dataclass(frozen=True)
class MoneyDays:
    """The days that the money is of: the end of the last month closed by then, or the day itself; none is unknown."""

    first: date | None
    last: date | None


def default_days(as_of: date) -> tuple[date, date]:
    """From the night that closed the last month before the day, or the end of that month, to the day."""
    closing = _closing_by(as_of - timedelta(days=1))
    return closing.as_of if closing else month_start(as_of) - timedelta(days=1), as_of


def money_days(first: date, last: date, *, as_of: date) -> MoneyDays:
    """Which nights the money of a migration is of. as_of: the day of the standings."""
    opening, closing = _closing_by(first), None if last >= as_of else _closing_by(last)
    until = as_of if last >= as_of else (closing.as_of if closing else None)
    return MoneyDays(opening.as_of if opening else None, until)


def move_rows(of: str, first: date, last: date, *, as_of: date, within: QuerySet[Customer] | None = None) -> Rows:
    """[before, after, customers, value before, value after] with money in minor units, for keeping.

    within: the customers to look at, all if none.
    """
    text = _MOVES.format(
        of=of,
        since_first=_AFTER.format(changes=_TABLES[of], day="%(first)s"),
        since_last=_AFTER.format(changes=_TABLES[of], day="%(last)s"),
        value_after="p.predicted_12" if last >= as_of else "w.value",
        scope=scope_of(within, "p.customer_id"),
    )
    opening, closing = _closing_by(first), None if last >= as_of else _closing_by(last)
    asked = {
        "first": first,
        "last": last,
        "first_month": opening.month if opening else None,
        "last_month": closing.month if closing else None,
    }
    return _rows(text, asked)


def moves_from(of: str, rows: Sequence[Sequence[Any]]) -> list[Move]:
    """Rows as kept, for reading."""
    return [
        Move(of, before, after, customers, from_minor(value_before), from_minor(value_after))
        for before, after, customers, value_before, value_after in rows
    ]


def total_rows(*, within: QuerySet[Customer] | None = None) -> Rows:
    """[grade, customers, revenue, realised, predicted_12, value_at_risk] with money in minor units, for keeping."""
    return _rows(_TOTALS.format(scope=scope_of(within, "p.customer_id")), {})


def totals_from(rows: Sequence[Sequence[Any]]) -> list[Total]:
    """A to D, then those without a grade."""
    found = [Total(grade, customers, *map(from_minor, money)) for grade, customers, *money in rows]
    return sorted(found, key=lambda total: total.grade or "Z")


def _rows(text: str, values: dict[str, Any]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(ROOM + text, values)
        return [list(row) for row in cursor.fetchall()]


def _closing_by(day: date) -> BaseBalance | None:
    """The last closing of a month by the evening of the day, if what it said of each customer is still kept."""
    closed = BaseBalance.objects.filter(is_closed=True, as_of__lte=day).order_by("-month").first()
    return closed if closed and BookEntry.objects.filter(month=closed.month).exists() else None
