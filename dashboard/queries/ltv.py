"""What a customer brings: by grade, by month of the first order, and how far the forecast can be trusted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from acquisition.rules import cost_per_customer
from core.periods import add_months
from dashboard.queries.base import Costs, Part, Worth, costs, first_month, grades, whole, won_since
from segmentation.models import BaseSnapshot, Cohort, CohortMonth, ModelFit
from segmentation.queries.cohorts import REPEAT_DAYS
from segmentation.queries.policies import fit_in_force

# Margin per customer is told after so many months.
AGES = (3, 6, 12, 24)
LONGEST_CURVE = 36

Margins = dict[tuple[date, int], Decimal]


@dataclass(frozen=True)
class CohortRow:
    """Customers who first bought between the months `first` and `last`.

    `margins` is the margin per customer after AGES months, none while that is in the future; `repeat`
    the share that bought again within REPEAT_DAYS, of those who are old enough.
    """

    first: date
    last: date
    worth: Worth
    margins: list[Decimal | None]
    repeat: list[float | None]
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
class LtvReport:
    """All of the page."""

    snapshot: BaseSnapshot
    base: Worth
    won: Worth
    costs: Costs
    grades: list[Part]
    cohorts: list[CohortRow]
    years: list[int]
    year: int | None
    curves: list[Curve]
    payback: int | None
    fit: ModelFit | None

    @property
    def times(self) -> Decimal | None:
        """LTV:CAC."""
        return self.costs.times(self.won)

    @property
    def p_alive(self) -> float | None:
        """Mean over the buyers for whom the method of the forecast knows it."""
        totals = self.snapshot.by_lifecycle.values()
        judged = sum(each["judged"] for each in totals)
        return sum(each["alive"] for each in totals) / judged if judged else None


def ltv_report(*, today: date, year: int | None = None) -> LtvReport | None:
    """The whole base; none before the first night. Six queries.

    Cohorts are quarters or, for a year in which customers were won, its months.
    """
    snapshot = BaseSnapshot.objects.order_by("-on").first()
    if snapshot is None:
        return None
    cohorts, margins = list(Cohort.objects.order_by("month")), _margins()
    # The month under way is not over: its margin would look like a fall.
    complete = add_months(snapshot.on, -1)
    paid = costs(today)
    years = sorted({cohort.month.year for cohort in cohorts})
    of_year = [cohort for cohort in cohorts if cohort.month.year == year]
    groups = _grouped(of_year, _month) if of_year else _grouped(cohorts, _quarter)
    everybody = _curve(None, cohorts, margins, complete)
    return LtvReport(
        snapshot,
        whole(snapshot),
        won_since(first_month(today), cohorts),
        paid,
        grades(snapshot),
        [_row(group, margins, complete) for group in groups],
        years,
        year if of_year else None,
        [
            everybody,
            *(_curve(group[0].month.year, group, margins, complete) for group in _grouped(cohorts, _year)),
        ],
        payback(everybody.points, paid.year.fully_loaded),
        fit_in_force(),
    )


def payback(points: list[Decimal], cost: Decimal | None) -> int | None:
    """Months after which a customer has brought what winning one costs; none if that is not seen yet."""
    if not cost:
        return None
    return next((age for age, margin in enumerate(points) if margin >= cost), None)


def _margins() -> Margins:
    """The margin of each cohort in each month of its age, counted from 0."""
    rows = CohortMonth.objects.values_list("first_month", "month", "margin")
    return {(first, _age(first, month)): margin for first, month, margin in rows}


def _age(first: date, month: date) -> int:
    return (month.year - first.year) * 12 + month.month - first.month


def _year(cohort: Cohort) -> date:
    return cohort.month.replace(month=1)


def _quarter(cohort: Cohort) -> date:
    return cohort.month.replace(month=(cohort.month.month - 1) // 3 * 3 + 1)


def _month(cohort: Cohort) -> date:
    return cohort.month


def _grouped(cohorts: Iterable[Cohort], key: Callable[[Cohort], date]) -> list[list[Cohort]]:
    return [list(group) for _start, group in groupby(cohorts, key)]


def _row(cohorts: list[Cohort], margins: Margins, complete: date) -> CohortRow:
    return CohortRow(
        cohorts[0].month,
        cohorts[-1].month,
        won_since(cohorts[0].month, cohorts),
        [_margin_after(age, cohorts, margins, complete) for age in AGES],
        [_repeat(days, cohorts) for days in REPEAT_DAYS],
        _p_alive(cohorts),
    )


def _margin_after(age: int, cohorts: list[Cohort], margins: Margins, complete: date) -> Decimal | None:
    """Margin per customer in the month of the first order and `age` months after it."""
    if add_months(cohorts[-1].month, age) > complete:
        return None
    total = sum(
        (margins.get((cohort.month, each), Decimal(0)) for cohort in cohorts for each in range(age + 1)),
        Decimal(0),
    )
    return cost_per_customer(total, sum(cohort.customers for cohort in cohorts))


def _repeat(days: str, cohorts: list[Cohort]) -> float | None:
    counts = [cohort.repeat[days] for cohort in cohorts]
    old_enough = sum(count[0] for count in counts)
    return sum(count[1] for count in counts) / old_enough if old_enough else None


def _p_alive(cohorts: list[Cohort]) -> float | None:
    judged = sum(cohort.judged for cohort in cohorts)
    return sum(cohort.alive for cohort in cohorts) / judged if judged else None


def _curve(year: int | None, cohorts: list[Cohort], margins: Margins, complete: date) -> Curve:
    """Each month of age adds the margin per customer of the cohorts that have lived through it."""
    points: list[Decimal] = []
    total = Decimal(0)
    for age in range(LONGEST_CURVE + 1):
        seen = [cohort for cohort in cohorts if add_months(cohort.month, age) <= complete]
        if not seen:
            break
        margin = sum((margins.get((cohort.month, age), Decimal(0)) for cohort in seen), Decimal(0))
        total += margin / sum(cohort.customers for cohort in seen)
        points.append(total)
    return Curve(year, sum(cohort.customers for cohort in cohorts), points)
