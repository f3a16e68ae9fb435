"""What a policy makes of the base: its thresholds, and who would change grade under it."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from core.money import from_minor, to_minor
from segmentation.models import Policy, ThresholdMode
from segmentation.queries import grades_sql
from segmentation.queries.policies import measures_in_force, policy_in_force
from segmentation.queries.standing_sql import UNGRADED
from segmentation.rules.grades import fewest_of_many
from segmentation.rules.moves import grade_way

SHOWN = 50


@dataclass(frozen=True)
class Found:
    """Thresholds over so many buyers of the window. count lies between two whole numbers."""

    buyers: int
    count: float
    check: Decimal

    @property
    def many_orders(self) -> int:
        return fewest_of_many(self.count)


@dataclass(frozen=True)
class Cell:
    """Customers who go from one grade ("" for none) to another: revenue of the window, forecast of 12 months."""

    before: str
    after: str
    customers: int
    revenue: Decimal
    predicted_12: Decimal
    value_at_risk: Decimal

    @property
    def way(self) -> str:
        return grade_way(self.before, self.after)


@dataclass(frozen=True)
class Mover:
    """A customer who would change grade, with the numbers that would do it."""

    customer_id: int
    name: str
    before: str
    after: str
    orders: int
    revenue: Decimal
    predicted_12: Decimal
    value_at_risk: Decimal

    @property
    def average_check(self) -> Decimal | None:
        return self.revenue / self.orders if self.orders else None


@dataclass(frozen=True)
class Preview:
    """What would change on the day `as_of` if the policy were in force; nothing is written."""

    policy: Policy
    as_of: date
    found: Found
    cells: list[Cell]
    movers: list[Mover]

    @property
    def moved(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.before != cell.after]

    @property
    def customers(self) -> int:
        return sum(cell.customers for cell in self.cells)

    def of(self, way: str) -> Cell:
        """All who go "up", "down", "across", come ("came") or go ("gone"), together."""
        return _together([cell for cell in self.cells if cell.way == way])

    @property
    def changed(self) -> Cell:
        return _together(self.moved)


def read_thresholds(policy: Policy, *, as_of: date | None = None) -> Found:
    """The thresholds of a policy over the statistics as they are; over the orders until `as_of` for a category."""
    windowed = grades_sql.CATEGORY_WINDOW if policy.category_id else grades_sql.STATISTICS_WINDOW
    text = grades_sql.THRESHOLDS.format(limits=grades_sql.limits_of(policy, windowed))
    with connection.cursor() as cursor:
        cursor.execute(text, policy_values(policy, as_of))
        buyers, count, check = cursor.fetchone()
    return Found(buyers, count, from_minor(round(check)))


def preview(policy: Policy, *, as_of: date, most: int | None = SHOWN) -> Preview:
    """The matrix, the thresholds and up to `most` of those who would move (all if none)."""
    in_force = None if policy.category_id else policy_in_force(policy.kind, as_of)
    with connection.cursor() as cursor:
        cursor.execute(grades_sql.ROOM + UNGRADED)
        (somebody_ungraded,) = cursor.fetchone()
        text = grades_sql.PREVIEW.format(
            limits=grades_sql.limits_of(policy, grades_sql.window_of(policy, in_force=in_force)),
            judged=grades_sql.valued_of(policy, somebody_ungraded=somebody_ungraded),
        )
        cursor.execute(grades_sql.ROOM + text, policy_values(policy, as_of) | {"most": most})
        (buyers, count, check), cells, movers = cursor.fetchone()
    return Preview(
        policy,
        as_of,
        Found(buyers, count, from_minor(round(check))),
        sorted((Cell(**_money(cell)) for cell in cells or ()), key=lambda cell: (cell.before or "Z", cell.after)),
        [Mover(**_money(mover)) for mover in movers or ()],
    )


def day_of_statistics(today: date) -> date:
    """The day that the statistics and grades hold for: that of the last measure, or today."""
    return max((measure.on for measure in measures_in_force(today).values()), default=today)


def policy_values(policy: Policy, as_of: date | None) -> dict[str, Any]:
    """The numbers of a policy as the parameters of `grades_sql`."""
    shares = {"count": policy.count_value, "check": policy.check_value}
    if policy.count_mode == ThresholdMode.MEDIAN:
        shares["count"] = Decimal("0.5")
    if policy.check_mode == ThresholdMode.MEDIAN:
        shares["check"] = Decimal("0.5")
    elif policy.check_mode == ThresholdMode.FIXED:
        shares["check"] = Decimal(to_minor(policy.check_value))
    return {
        "kind": policy.kind,
        "category": policy.category_id,
        "as_of": as_of,
        "window_days": policy.window_days,
        "hysteresis": float(policy.hysteresis),
        "count_share": float(shares["count"]),
        "check_share": float(shares["check"]),
    }


def _money(row: dict[str, Any]) -> dict[str, Any]:
    names = ("revenue", "predicted_12", "value_at_risk")
    return row | {name: from_minor(row[name]) for name in names}


def _together(cells: list[Cell]) -> Cell:
    nothing = Decimal(0)
    return Cell(
        "",
        "",
        sum(cell.customers for cell in cells),
        sum((cell.revenue for cell in cells), nothing),
        sum((cell.predicted_12 for cell in cells), nothing),
        sum((cell.value_at_risk for cell in cells), nothing),
    )
