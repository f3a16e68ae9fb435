"""What the night writes of the whole base, read for a part of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Cast

from customers.models import ContactPoint, ContactStatus, Customer
from segmentation.models import Standing
from segmentation.queries import part_sql
from segmentation.queries.book import scope_of
from segmentation.queries.cohorts import REPEAT_DAYS
from segmentation.queries.policies import policies_in_force

_MONEY = ("predicted_12", "predicted_36", "realised", "value_at_risk")
_OF_REACHABLE = {"base_value": "predicted_12", "base_at_risk": "value_at_risk"}
_SALES = ("orders", "revenue", "margin")

Totals = dict[str, Any]


def totals_of(customers: QuerySet[Customer]) -> tuple[dict[str, Totals], dict[str, Totals]]:
    """By grade and by stage, named and in minor units as BaseSnapshot keeps them."""
    works = ContactPoint.objects.filter(customer=OuterRef("customer"), status=ContactStatus.VALID)
    # Whether one is reached is asked once of each, and not once for every sum.
    rows: Iterable[Any] = (
        Standing.objects.filter(customer__in=customers.order_by().values("pk"))
        .order_by()
        .values("grade", "lifecycle", is_reached=Exists(works))
        .annotate(
            customers=Count("pk"),
            alive=Sum("p_alive"),
            judged=Count("p_alive"),
            **{f"sum_{name}": Sum(_minor(name)) for name in _MONEY},
        )
    )
    found = [(row["grade"], row["lifecycle"], _totals(row)) for row in rows]
    return _added((grade, totals) for grade, _, totals in found), _added((stage, totals) for _, stage, totals in found)


def _totals(row: dict[str, Any]) -> Totals:
    is_reached = row["is_reached"]
    money = {name: int(row[f"sum_{name}"] or 0) for name in _MONEY}
    counts = {"customers": row["customers"], "reachable": row["customers"] if is_reached else 0}
    alive = {"alive": row["alive"] or 0, "judged": row["judged"]}
    return counts | alive | money | {name: money[of] if is_reached else 0 for name, of in _OF_REACHABLE.items()}


def _minor(name: str) -> Cast:
    return Cast(name, BigIntegerField())


def _added(rows: Iterable[tuple[str, Totals]]) -> dict[str, Totals]:
    found: dict[str, Totals] = {}
    for code, totals in rows:
        before = found.get(code, {})
        found[code] = {name: before.get(name, 0) + value for name, value in totals.items()}
    return found


def repeat_of(customers: QuerySet[Customer], as_of: date) -> dict[str, list[int]]:
    """As BaseSnapshot keeps it."""
    with connection.cursor() as cursor:
        buyers = part_sql.BUYERS.format(scope=scope_of(customers))
        cursor.execute(part_sql.REPEAT.format(buyers=buyers), {"as_of": as_of})
        return repeat_rates(cursor.fetchone())


def repeat_rates(counts: Sequence[int]) -> dict[str, list[int]]:
    """Counts of `part_sql.REPEAT` by the days that they are of: those old enough, and who came back."""
    return {days: [*counts[2 * place : 2 * place + 2]] for place, days in enumerate(REPEAT_DAYS)}


def sales_of(
    customers: QuerySet[Customer] | None, days: Mapping[str, tuple[date, date]], as_of: date
) -> dict[str, dict[str, int]]:
    """Orders, revenue and margin in minor units for each stretch of days, both ends included; none: of everybody."""
    scope = scope_of(customers, "o.customer_id")
    rates = cost_rates(as_of)
    found = {}
    with connection.cursor() as cursor:
        for name, (first, last) in days.items():
            cursor.execute(part_sql.SALES.format(scope=scope), rates | {"first": first, "last": last})
            found[name] = dict(zip(_SALES, cursor.fetchone(), strict=True))
    return found


def cost_rates(as_of: date) -> dict[str, Any]:
    """What goods without a known cost are taken to have cost, by customer kind, as a share of their revenue."""
    return {kind: 1 - policy.margin_rate for kind, policy in policies_in_force(as_of).items()}
