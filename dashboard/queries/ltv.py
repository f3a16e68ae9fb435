"""What a customer brings: by grade, by month of the first order, and after how long the cost of winning is back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import BigIntegerField, Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from acquisition.rules import add_costs
from acquisition.rules import returns as rules
from core.money import from_minor
from core.periods import add_months, months_from
from customers.models import Customer
from dashboard.figures.filters import FigureFilters
from dashboard.figures.kept import kept
from dashboard.queries.base import Costs, Part, Worth, costs, first_month, grades, whole, won_since
from segmentation.models import BaseSnapshot, Cohort, CohortMonth, ModelFit, Standing
from segmentation.queries.policies import fit_in_force

LONGEST_CURVE = 36
_MONEY = ("realised", "predicted_12", "predicted_36", "value_at_risk")

Margins = dict[tuple[date, int], Decimal]


@dataclass(frozen=True)
class CohortRow:
    """Customers who first bought between the months `first` and `last`."""

    first: date
    last: date
    worth: Worth
    p_alive: float | None

    @property
    def quarter(self) -> int:
        return (self.first.month + 2) // 3


@dataclass(frozen=True)
class Curve:
    """Margin per customer, month by month after the first order's; `year` is none for all customers."""

    year: int | None
    customers: int
    points: list[Decimal]


@dataclass(frozen=True)
class Paid:
    """What the customers cost against what they bring; only the whole base has it.

    life: the cumulative margin of an average customer of those won in the 12 months whose cost is known, who have
    `lived` through the first of its months; the others are told by those won earlier. `payback` is where it reaches
    that cost.
    """

    won: Worth
    costs: Costs
    curves: list[Curve]
    life: list[Decimal]
    lived: int
    payback: int | None

    @property
    def is_by_earlier(self) -> bool:
        """Whether only those won earlier have lived as long as the payback is."""
        return self.payback is not None and self.payback >= self.lived

    @property
    def times(self) -> Decimal | None:
        """LTV:CAC."""
        return self.costs.times(self.won)


@dataclass(frozen=True)
class LtvReport:
    """All of the page. `paid` is none for a part of the base."""

    snapshot: BaseSnapshot
    base: Worth
    grades: list[Part]
    cohorts: list[CohortRow]
    years: list[int]
    year: int | None
    fit: ModelFit | None
    paid: Paid | None

    @property
    def p_alive(self) -> float | None:
        """Mean over the buyers for whom the method of the forecast knows it."""
        totals = self.snapshot.by_grade.values()
        judged = sum(each["judged"] for each in totals)
        return sum(each["alive"] for each in totals) / judged if judged else None


def ltv_report(*, today: date, filters: FigureFilters | None = None, year: int | None = None) -> LtvReport | None:
    """The base, or the part that the filters ask for; none before the first night. Six queries for the whole.

    Cohorts are quarters or, for a year in which customers were won, its months.
    """
    snapshot = BaseSnapshot.objects.order_by("-on").first()
    if snapshot is None:
        return None
    cohorts = list(Cohort.objects.order_by("month"))
    paid = None
    if filters and filters.is_narrowed:
        snapshot, cohorts = _part_of(snapshot.on, filters)
    else:
        paid = _paid(snapshot.on, today, cohorts)
    years = sorted({cohort.month.year for cohort in cohorts})
    of_year = [cohort for cohort in cohorts if cohort.month.year == year]
    groups = _grouped(of_year, _month) if of_year else _grouped(cohorts, _quarter)
    return LtvReport(
        snapshot,
        whole(snapshot),
        grades(snapshot),
        [_row(group) for group in groups],
        years,
        year if of_year else None,
        fit_in_force(),
        paid,
    )


def _part_of(on: date, filters: FigureFilters) -> tuple[BaseSnapshot, list[Cohort]]:
    """The same for a part of the base: rows that are not saved, kept until the next night."""

    def compute() -> tuple[dict[str, dict[str, Any]], dict[date, dict[str, Any]]]:
        standings = Standing.objects.filter(customer__in=filters.narrow(Customer.objects.all()))
        by_month = standings.annotate(month=TruncMonth("customer__statistics__first_on"))
        return _summed(standings, "grade"), _summed(by_month, "month")

    by_grade, by_month = kept(f"ltv:{on}:{filters.key}", compute)
    sums = {name: from_minor(sum(each[name] for each in by_grade.values())) for name in _MONEY}
    buyers = sum(each["customers"] for each in by_grade.values())
    snapshot = BaseSnapshot(on=on, buyers=buyers, by_grade=by_grade, **sums)
    return snapshot, [_cohort(month, totals) for month, totals in sorted(by_month.items())]


def _summed(standings: QuerySet[Standing], by: str) -> dict[Any, dict[str, Any]]:
    """Totals in minor units for each value of a column, named as the night names them."""
    minor = {f"sum_{name}": Sum(name, output_field=BigIntegerField()) for name in _MONEY}
    rows = (
        standings.order_by()
        .values(by)
        .annotate(customers=Count("pk"), alive=Sum("p_alive"), judged=Count("p_alive"), **minor)
    )
    return {
        row[by]: {name: row[f"sum_{name}"] or 0 for name in _MONEY}
        | {"customers": row["customers"], "alive": row["alive"] or 0.0, "judged": row["judged"]}
        for row in rows
    }


def _cohort(month: date, totals: dict[str, Any]) -> Cohort:
    return Cohort(
        month=month,
        customers=totals["customers"],
        realised=from_minor(totals["realised"]),
        predicted_12=from_minor(totals["predicted_12"]),
        predicted_36=from_minor(totals["predicted_36"]),
        alive=totals["alive"],
        judged=totals["judged"],
    )


def _paid(on: date, today: date, cohorts: list[Cohort]) -> Paid:
    margins = _margins()
    # The month under way is not over: its margin would look like a fall.
    complete = add_months(min(on, today), -1)
    spent = costs(today)
    everybody = _curve(None, cohorts, margins, complete)
    by_year = [_curve(group[0].month.year, group, margins, complete) for group in _grouped(cohorts, _year)]
    # What nobody entered is not known: the customers of such months cost something, too.
    known = {month.month: month for month in spent.months if month.spend > 0}
    first = first_month(today)
    own = _lives([cohort for cohort in cohorts if cohort.month in known], margins, complete)
    since = add_months(first, -rules.MONTHS_EARLIER)
    earlier = _lives([cohort for cohort in cohorts if cohort.month >= since], margins, complete)
    life = rules.average_life(own, earlier)
    return Paid(
        won_since(first, cohorts),
        spent,
        [everybody, *by_year],
        life,
        rules.lived(own),
        rules.payback(life, add_costs(known.values()).fully_loaded),
    )


def _margins() -> Margins:
    """The margin of each cohort in each month of its age, counted from 0."""
    rows = CohortMonth.objects.values_list("first_month", "month", "margin")
    return {(first, months_from(first, month)): margin for first, month, margin in rows}


def _year(cohort: Cohort) -> date:
    return cohort.month.replace(month=1)


def _quarter(cohort: Cohort) -> date:
    return cohort.month.replace(month=(cohort.month.month - 1) // 3 * 3 + 1)


def _month(cohort: Cohort) -> date:
    return cohort.month


def _grouped(cohorts: Iterable[Cohort], key: Callable[[Cohort], date]) -> list[list[Cohort]]:
    return [list(group) for _start, group in groupby(cohorts, key)]


def _row(cohorts: list[Cohort]) -> CohortRow:
    return CohortRow(cohorts[0].month, cohorts[-1].month, won_since(cohorts[0].month, cohorts), _p_alive(cohorts))


def _p_alive(cohorts: list[Cohort]) -> float | None:
    judged = sum(cohort.judged for cohort in cohorts)
    return sum(cohort.alive for cohort in cohorts) / judged if judged else None


def _curve(year: int | None, cohorts: list[Cohort], margins: Margins, complete: date) -> Curve:
    customers = sum(cohort.customers for cohort in cohorts)
    return Curve(year, customers, rules.average_life(_lives(cohorts, margins, complete)))


def _lives(cohorts: list[Cohort], margins: Margins, complete: date) -> list[rules.Cohort]:
    """The margins of each up to the month `complete`."""
    return [
        rules.Cohort(
            cohort.customers,
            [
                margins.get((cohort.month, age), Decimal(0))
                for age in range(min(months_from(cohort.month, complete), LONGEST_CURVE) + 1)
            ],
        )
        for cohort in cohorts
    ]
