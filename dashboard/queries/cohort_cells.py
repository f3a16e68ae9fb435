"""What the night wrote of cohorts: some hundreds of rows, whatever the size of the base."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from acquisition.rules.returns import MONTHS_EARLIER, Cohort
from core.periods import add_months, months_from
from segmentation.models import CohortCell

Sizes = dict[tuple[str, date], int]


@dataclass(frozen=True)
class Sums:
    """What a cohort did in a month of its age."""

    customers: int
    returned: int
    orders: int
    margin: Decimal


NOTHING = Sums(0, 0, 0, Decimal(0))


class Cells:
    """What the night wrote, by value and month of the first order: sizes, and sums by age.

    `earlier` are the sizes of those won before the period, too.
    """

    def __init__(self, dimension: str, value: str | None, first: date, last: date) -> None:
        found = CohortCell.objects.filter(
            dimension=dimension, first_month__gte=add_months(first, -MONTHS_EARLIER), first_month__lte=last
        )
        if value is not None:
            found = found.filter(value=value)
        names = ("value", "first_month", "age", "customers", "returned", "orders", "margin")
        self.sums: dict[tuple[str, date, int], Sums] = {
            (value, month, age): Sums(*sums) for value, month, age, *sums in found.values_list(*names)
        }
        # Everybody bought in the month of the first order.
        self.earlier: Sizes = {
            (value, month): sums.customers for (value, month, age), sums in self.sums.items() if age == 0
        }
        self.sizes: Sizes = {key: size for key, size in self.earlier.items() if key[1] >= first}

    def life(self, key: tuple[str, date], this_month: date) -> Cohort:
        """The margin of those won in a month, month by month of life, of those months that are over."""
        value, month = key
        ages = range(months_from(month, this_month))
        margins = [self.sums.get((value, month, age), NOTHING).margin for age in ages]
        return Cohort(self.earlier[key], margins)

    def at(self, keys: Iterable[tuple[str, date]], age: int) -> Sums:
        """The cohorts' sums together."""
        found = [sums for value, month in keys if (sums := self.sums.get((value, month, age)))]
        if len(found) < 2:
            return found[0] if found else NOTHING
        return Sums(
            sum(each.customers for each in found),
            sum(each.returned for each in found),
            sum(each.orders for each in found),
            sum((each.margin for each in found), Decimal(0)),
        )
