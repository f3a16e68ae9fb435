"""Cohorts by the month of the first order: who comes back, what they bring, and when they have paid back.

Reads the cells that the night wrote, some hundreds of rows of them, whatever the size of the base.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import accumulate, groupby

from acquisition.models import Channel
from acquisition.queries import cac_by_channel, cac_by_month
from acquisition.rules import Cost, add_costs
from acquisition.rules.returns import average_life, payback
from core.models import User
from core.periods import add_months, month_start, months_from
from customers.models import ProductCategory
from dashboard.queries.cohort_cells import Cells, Sizes, Sums
from segmentation.models import BaseSnapshot, CohortDimension

MEASURES = ("retention", "returned", "customers", "orders", "margin", "total", "payback")
# Sums over cohorts of different ages would fall only because fewer of them are that old.
ABSOLUTE = frozenset({"customers", "total"})
# What adds up from age to age, of one customer, and the sum it is told by.
RUNNING = {"orders": "orders", "margin": "margin", "payback": "margin"}
YEAR = 12
# Fewer customers say nothing about who is best.
ENOUGH = 30

Number = Decimal | int


@dataclass(frozen=True)
class Asked:
    """first, last: months of the first order. value: None for all values of the dimension, side by side."""

    first: date
    last: date
    dimension: str = CohortDimension.ALL
    value: str | None = ""
    measure: str = MEASURES[0]
    by_quarter: bool = False

    @property
    def compares(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class Point:
    """One figure of a row; None where it is not over yet or nobody is that old. is_open: its month is under way."""

    value: Number | None
    is_open: bool = False


@dataclass(frozen=True)
class Row:
    """Cohorts together: those first seen from `first` to `last`, or of one value of the dimension (`name`).

    size: customers. cac: fully loaded, None where not known. payback: months, None where not reached;
    is_by_earlier: whether only customers won before the period have lived as long.
    """

    first: date
    last: date
    value: str
    name: str
    months: tuple[date, ...]
    size: int
    cac: Decimal | None
    payback: int | None
    points: list[Point]
    returned: list[Point]
    is_by_earlier: bool = False


@dataclass(frozen=True)
class CohortReport:
    """as_of: the day of the night. rows: the newest cohort first, or the values by size. total: of all of them."""

    as_of: date
    asked: Asked
    ages: list[int]
    rows: list[Row]
    total: Row
    year: Row | None

    def returned_within_year(self, row: Row) -> Number | None:
        """The share that bought again in the 12 months after that of the first order."""
        return row.returned[YEAR].value if len(row.returned) > YEAR else None

    @property
    def ranked(self) -> list[Row]:
        """Rows with enough customers by the share that bought again within a year, the best first."""
        told = [row for row in self.rows if row.size >= ENOUGH and self.returned_within_year(row) is not None]
        return sorted(told, key=lambda row: self.returned_within_year(row) or 0, reverse=True)


def cohort_names(dimension: str) -> dict[str, str]:
    """What the values of a dimension are called; the empty value is left to the page. One query."""
    match dimension:
        case CohortDimension.CHANNEL:
            return dict(Channel.objects.values_list("code", "name"))
        case CohortDimension.CATEGORY:
            return {str(pk): name for pk, name in ProductCategory.objects.values_list("pk", "name")}
        case CohortDimension.OWNER:
            return {str(person.pk): str(person) for person in User.objects.all()}
    return {}


def cohort_report(asked: Asked, names: dict[str, str]) -> CohortReport | None:
    """The cohorts that are asked for; None before the first night and where nobody bought. Five queries at most."""
    as_of = BaseSnapshot.objects.order_by("-on").values_list("on", flat=True).first()
    cells = Cells(asked.dimension, asked.value, asked.first, asked.last) if as_of else None
    if as_of is None or cells is None or not cells.sizes:
        return None
    costs = _costs(asked)
    this_month = month_start(as_of)
    groups = list(_groups(asked, cells.sizes))
    rows = [_row(group, cells, costs, asked, this_month, names) for group in groups]
    if asked.compares:
        rows.sort(key=lambda row: -row.size)
    everybody = _row(sorted(cells.sizes), cells, costs, asked, this_month, {}, is_total=True)
    told = (age for row in [*rows, everybody] for age, point in enumerate(row.points) if _is_told(point))
    # Of those whose channel is unknown no CAC is, and so no payback at any age.
    oldest = max(told, default=0)
    a_year_old = add_months(this_month, -1 - YEAR)
    cohort = [key for key in cells.sizes if key[1] == a_year_old]
    year = _row(cohort, cells, costs, asked, this_month, {}) if cohort else None
    return CohortReport(as_of, asked, list(range(oldest + 1)), rows, everybody, year)


def _is_told(point: Point) -> bool:
    return point.value is not None


Keys = list[tuple[str, date]]
Costs = dict[tuple[str, date], Cost]


def _costs(asked: Asked) -> Costs:
    """What winning the customers of a month cost: of their channel, or of all where that is not the dimension."""
    if asked.dimension != CohortDimension.CHANNEL:
        return {("", row.month): row for row in cac_by_month(asked.first, asked.last)}
    channels = cac_by_channel(asked.first, asked.last)
    return {(row.channel.code, month.month): month for row in channels if row.channel for month in row.months}


def _groups(asked: Asked, sizes: Sizes) -> Iterable[Keys]:
    if asked.compares:
        by_value: dict[str, Keys] = defaultdict(list)
        for key in sorted(sizes):
            by_value[key[0]].append(key)
        return by_value.values()
    keys = sorted(sizes, key=lambda key: key[1], reverse=True)
    if not asked.by_quarter:
        return [[key] for key in keys]
    return [list(group) for _quarter, group in groupby(keys, lambda key: (key[1].year, (key[1].month - 1) // 3))]


def _row(
    keys: Keys,
    cells: Cells,
    costs: Costs,
    asked: Asked,
    this_month: date,
    names: dict[str, str],
    *,
    is_total: bool = False,
) -> Row:
    months = sorted({month for _value, month in keys})
    # A quarter is told once all of it is that old; what runs over many cohorts, of those that are.
    together = asked.compares or is_total
    curve = _Curve(keys, cells, this_month, each_by_itself=together)
    known = [key for key in keys if _cost_of(key, costs, asked)]
    cac = _cac(known, costs, asked)
    # What is paid back is told of those whose cost is known.
    paid = curve if known == keys else _Curve(known, cells, this_month, each_by_itself=together)
    months_back = paid.payback(cac)
    is_by_earlier = months_back is None and together and cac is not None
    if is_by_earlier:
        months_back = _by_earlier(known, cells, this_month, cac)
    value = keys[0][0]
    return Row(
        months[0],
        months[-1],
        value,
        names.get(value, value),
        tuple(months),
        sum(cells.sizes[key] for key in keys),
        cac,
        months_back,
        []
        if together and asked.measure in ABSOLUTE
        else (paid if cac and asked.measure == "payback" else curve).points(asked.measure, cac),
        curve.points("returned", cac),
        is_by_earlier=is_by_earlier and months_back is not None,
    )


def _by_earlier(keys: Keys, cells: Cells, this_month: date, cac: Decimal | None) -> int | None:
    """The payback of cohorts that have not lived long enough: their later months are those of customers won earlier."""
    values = {value for value, _month in keys}
    own = [cells.life(key, this_month) for key in keys]
    older = [cells.life(key, this_month) for key in cells.earlier if key[0] in values]
    return payback(average_life(own, older), cac)


def _cost_of(key: tuple[str, date], costs: Costs, asked: Asked) -> Cost | None:
    """What the customers of a value and month cost; None where nobody entered it."""
    value, month = key
    cost = costs.get((value if asked.dimension == CohortDimension.CHANNEL else "", month))
    return cost if cost and cost.spend > 0 else None


def _cac(known: Keys, costs: Costs, asked: Asked) -> Decimal | None:
    """Fully loaded; a month's cost counts once, however many values of a dimension share it."""
    of_channel = asked.dimension == CohortDimension.CHANNEL
    named = {(value if of_channel else "", month) for value, month in known}
    return add_costs(costs[key] for key in named).fully_loaded if named else None


class _Curve:
    """The sums of some cohorts by age, of those old enough, and what has come together up to an age."""

    def __init__(self, keys: Keys, cells: Cells, this_month: date, *, each_by_itself: bool) -> None:
        self.steps: list[tuple[Sums, int, bool]] = []
        # Who has come back by each age, of those old enough: adding up shares of ever fewer cohorts would pass 100 %.
        self.returned: list[int] = []
        came_back = dict.fromkeys(keys, 0)
        lived = [(key, months_from(key[1], this_month)) for key in keys]
        age = 0
        while True:
            over = [key for key, months in lived if age < months]
            is_open = not over and len(lived) == 1 and lived[0][1] == age
            seen = keys if is_open else over
            if not seen or (len(seen) < len(keys) and not each_by_itself):
                break
            for key in seen:
                came_back[key] += cells.at([key], age).returned
            self.steps.append((cells.at(seen, age), sum(cells.sizes[key] for key in seen), is_open))
            self.returned.append(sum(came_back[key] for key in seen))
            age += 1

    def points(self, measure: str, cac: Decimal | None) -> list[Point]:
        """The measure by age."""
        points = []
        total = Decimal(0)
        for (sums, size, is_open), returned in zip(self.steps, self.returned, strict=True):
            if measure == "returned":
                total = Decimal(returned) / size
            elif measure == "total":
                total += sums.margin
            elif measure in RUNNING:
                total += Decimal(getattr(sums, RUNNING[measure])) / size
            points.append(Point(_figure(measure, sums, size, total, cac), is_open))
        return points

    def payback(self, cac: Decimal | None) -> int | None:
        """The first age at which a customer has brought the cost; months under way do not count."""
        if cac is None:
            return None
        over = ((sums.margin, size) for sums, size, is_open in self.steps if not is_open)
        return payback(list(accumulate(margin / size for margin, size in over)), cac)


def _figure(measure: str, sums: Sums, size: int, total: Decimal, cac: Decimal | None) -> Number | None:
    match measure:
        case "retention":
            return Decimal(sums.customers) / size
        case "customers":
            return sums.customers
        case "payback":
            return total / cac if cac else None
    return total
