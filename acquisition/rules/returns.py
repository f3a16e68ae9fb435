"""What winning customers cost, beside what they bring: CAC, LTV:CAC, ROMI, payback.

ROMI = (margin - spend) ÷ spend. What was paid may be not known, which is not the same as nothing: then neither the
cost of a customer nor a return is known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from acquisition.rules.cac import cost_per_customer, ratio

NOTHING = Decimal(0)
# Customers won in so many months before a period tell of the months of life that nobody of the period has lived yet.
MONTHS_EARLIER = 24


@dataclass(frozen=True, kw_only=True)
class Acquired:
    """The customers won by something in some months; money in currency.

    `is_known`: whether anything was entered for the spend. `inquiries` is none where they are not told apart so
    finely. `judged` are the customers whom a night has concluded about: `realised`, `predicted_12` and
    `predicted_36` are theirs.
    """

    advertising: Decimal = NOTHING
    spend: Decimal = NOTHING
    is_known: bool = False
    new_customers: int = 0
    inquiries: int | None = None
    judged: int = 0
    realised: Decimal = NOTHING
    predicted_12: Decimal = NOTHING
    predicted_36: Decimal = NOTHING

    @property
    def paid(self) -> Decimal | None:
        """CAC on advertising alone."""
        return cost_per_customer(self.advertising, self.new_customers) if self.is_known else None

    @property
    def loaded(self) -> Decimal | None:
        """CAC on everything that was paid."""
        return cost_per_customer(self.spend, self.new_customers) if self.is_known else None

    @property
    def per_inquiry(self) -> Decimal | None:
        """Everything that was paid ÷ inquiries."""
        return cost_per_customer(self.spend, self.inquiries or 0) if self.is_known else None

    @property
    def realised_each(self) -> Decimal | None:
        return cost_per_customer(self.realised, self.judged)

    @property
    def ltv(self) -> Decimal | None:
        """Margin so far and the forecast of 36 months, of one customer."""
        return cost_per_customer(self.realised + self.predicted_36, self.judged)

    @property
    def times(self) -> Decimal | None:
        """LTV:CAC, on the fully loaded cost."""
        return ratio(self.ltv, self.loaded)

    @property
    def romi(self) -> Decimal | None:
        """On the margin so far."""
        return romi(self.realised, self.spend) if self.is_known and self.judged else None

    @property
    def romi_12(self) -> Decimal | None:
        """On the margin so far and that of the next 12 months."""
        return romi(self.realised + self.predicted_12, self.spend) if self.is_known and self.judged else None


def together(parts: Iterable[Acquired]) -> Acquired:
    """Sums: a CAC of several months is not the mean of theirs."""
    rows = list(parts)
    if len(rows) < 2:
        return rows[0] if rows else Acquired()
    counted = [row.inquiries for row in rows if row.inquiries is not None]
    return Acquired(
        advertising=sum((row.advertising for row in rows), NOTHING),
        spend=sum((row.spend for row in rows), NOTHING),
        is_known=any(row.is_known for row in rows),
        new_customers=sum(row.new_customers for row in rows),
        inquiries=sum(counted) if counted else None,
        judged=sum(row.judged for row in rows),
        realised=sum((row.realised for row in rows), NOTHING),
        predicted_12=sum((row.predicted_12 for row in rows), NOTHING),
        predicted_36=sum((row.predicted_36 for row in rows), NOTHING),
    )


def romi(margin: Decimal, spend: Decimal) -> Decimal | None:
    """(margin - spend) ÷ spend, where 0.5 is 50 %; none where nothing was spent."""
    return (margin - spend) / spend if spend > 0 else None


@dataclass(frozen=True)
class Cohort:
    """Customers won together: how many, and their margin month by month of life, of those months that are over."""

    customers: int
    margins: Sequence[Decimal]


def lived(cohorts: Iterable[Cohort]) -> int:
    """Months of life that any of them has lived through."""
    return max((len(cohort.margins) for cohort in cohorts if cohort.customers), default=0)


def average_life(cohorts: Iterable[Cohort], earlier: Iterable[Cohort] = ()) -> list[Decimal]:
    """The cumulative margin of an average customer, month by month of life from 0, that of the first order.

    Each month of life adds the margin per customer of the cohorts that have lived through it: one good month among
    the oldest does not speak for all. What none of them has lived through yet is told by those won `earlier`.
    """
    known = [cohort for cohort in cohorts if cohort.margins and cohort.customers]
    older = [cohort for cohort in earlier if cohort.customers] if known else []
    points: list[Decimal] = []
    total = NOTHING
    own = lived(known)
    for age in range(max(own, lived(older))):
        witnesses = known if age < own else older
        lived_it = [cohort for cohort in witnesses if len(cohort.margins) > age]
        margin = sum((cohort.margins[age] for cohort in lived_it), NOTHING)
        total += margin / sum(cohort.customers for cohort in lived_it)
        points.append(total)
    return points


def payback(life: Iterable[Decimal], cac: Decimal | None) -> int | None:
    """Months after that of the first order until the cumulative margin of a customer reaches what winning one cost.

    0 is the month of the first order itself; none where the cost is not known, or not reached yet.
    """
    if not cac:
        return None
    return next((age for age, margin in enumerate(life) if margin >= cac), None)
