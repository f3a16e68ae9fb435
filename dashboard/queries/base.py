"""The base as the last night left it: what the overview and the LTV page share.

Both read what the night wrote, a row or a few hundred, so that their cost does not grow with the base.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from acquisition.queries import MonthCost, cac_by_channel, cac_by_month
from acquisition.rules import Cost, add_costs, cost_per_customer, ratio
from core.money import from_minor
from core.periods import add_months, month_start
from segmentation.models import BaseSnapshot, Cohort, Grade, Lifecycle

MONTHS = 12


@dataclass(frozen=True)
class Part:
    """The customers of one grade or stage; `code` is empty for those without a grade.

    The sums are over all of them; the base value is over those who can be reached. value_share: of the base value.
    """

    code: str
    customers: int
    realised: Decimal
    predicted_12: Decimal
    predicted_36: Decimal
    value_at_risk: Decimal
    p_alive: float | None
    customer_share: float
    value_share: float
    reachable: int = 0
    base_value: Decimal = Decimal(0)

    @property
    def realised_each(self) -> Decimal | None:
        return cost_per_customer(self.realised, self.customers)

    @property
    def ltv(self) -> Decimal | None:
        """Realised margin and the forecast of 36 months, for one customer."""
        return cost_per_customer(self.realised + self.predicted_36, self.customers)


def grades(snapshot: BaseSnapshot) -> list[Part]:
    """A to D, and those without a grade where there are any."""
    codes = [*Grade.values, *([""] if "" in snapshot.by_grade else [])]
    return _parts(snapshot.by_grade, codes)


def stages(snapshot: BaseSnapshot) -> list[Part]:
    """From new to lost."""
    return _parts(snapshot.by_lifecycle, Lifecycle.values)


def _parts(totals: Mapping[str, Mapping[str, Any]], codes: list[str]) -> list[Part]:
    customers = sum(each["customers"] for each in totals.values())
    value = sum(each.get("base_value", 0) for each in totals.values())
    return [_part(code, totals.get(code, {}), customers, value) for code in codes]


def _part(code: str, totals: Mapping[str, Any], customers: int, value: int) -> Part:
    count, value_of_reachable = totals.get("customers", 0), totals.get("base_value", 0)
    judged = totals.get("judged", 0)
    return Part(
        code,
        customers=count,
        realised=from_minor(totals.get("realised", 0)),
        predicted_12=from_minor(totals.get("predicted_12", 0)),
        predicted_36=from_minor(totals.get("predicted_36", 0)),
        value_at_risk=from_minor(totals.get("value_at_risk", 0)),
        p_alive=totals["alive"] / judged if judged else None,
        customer_share=count / customers if customers else 0.0,
        value_share=value_of_reachable / value if value else 0.0,
        reachable=totals.get("reachable", 0),
        base_value=from_minor(value_of_reachable),
    )


def together(parts: list[Part]) -> Part:
    """Several parts as one without a code; how many of them are alive is left out."""
    nothing = Decimal(0)
    return Part(
        "",
        customers=sum(part.customers for part in parts),
        realised=sum((part.realised for part in parts), nothing),
        predicted_12=sum((part.predicted_12 for part in parts), nothing),
        predicted_36=sum((part.predicted_36 for part in parts), nothing),
        value_at_risk=sum((part.value_at_risk for part in parts), nothing),
        p_alive=None,
        customer_share=sum(part.customer_share for part in parts),
        value_share=sum(part.value_share for part in parts),
        reachable=sum(part.reachable for part in parts),
        base_value=sum((part.base_value for part in parts), nothing),
    )


@dataclass(frozen=True)
class Worth:
    """What customers brought so far, and what the next 36 months are expected to add."""

    customers: int
    realised: Decimal
    predicted: Decimal

    @property
    def realised_each(self) -> Decimal | None:
        return cost_per_customer(self.realised, self.customers)

    @property
    def predicted_each(self) -> Decimal | None:
        return cost_per_customer(self.predicted, self.customers)

    @property
    def ltv(self) -> Decimal | None:
        return cost_per_customer(self.realised + self.predicted, self.customers)


@dataclass(frozen=True)
class Costs:
    """What winning customers cost in the last full month, and in 12 months with the one under way."""

    last_month: MonthCost
    year: Cost
    months: list[MonthCost]

    def times(self, won: Worth) -> Decimal | None:
        """LTV:CAC of customers won in the 12 months, on the fully loaded cost."""
        return ratio(won.ltv, self.year.fully_loaded)


def costs(today: date, *, first: date | None = None, last: date | None = None, channel: str = "") -> Costs:
    """CAC as the page of CAC counts it, of 12 months or of those asked for, of a channel by its code or of all.

    Two queries, or three.
    """
    first, last = first or first_month(today), min(last or today, today)
    if channel:
        rows = cac_by_channel(first, last)
        months = next((row.months for row in rows if row.channel and row.channel.code == channel), [])
    else:
        months = cac_by_month(first, last)
    months = months or [MonthCost(month=month_start(last))]
    under_way = months[-1].month == month_start(today) and len(months) > 1
    return Costs(months[-2 if under_way else -1], add_costs(months), months)


def first_month(today: date) -> date:
    """The first of the 12 months whose newly won customers are judged."""
    return add_months(today, 1 - MONTHS)


def won_since(first: date, cohorts: list[Cohort]) -> Worth:
    """The customers won from the month `first` on."""
    recent = [cohort for cohort in cohorts if cohort.month >= first]
    return Worth(
        sum(cohort.customers for cohort in recent),
        sum((cohort.realised for cohort in recent), Decimal(0)),
        sum((cohort.predicted_36 for cohort in recent), Decimal(0)),
    )


def whole(snapshot: BaseSnapshot) -> Worth:
    """All buyers of the base."""
    return Worth(snapshot.buyers, snapshot.realised, snapshot.predicted_36)
