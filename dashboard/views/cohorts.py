"""Do customers come back, and when have they paid back?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from core.access import role_required
from core.formats import money_digits
from core.periods import add_months, company_day
from core.roles import Role
from dashboard.figures.filters import FigureFilterForm
from dashboard.figures.tables import Cell, Column, Table, table_file
from dashboard.links import customers_where
from dashboard.queries.cohorts import ABSOLUTE, MEASURES, Asked, CohortReport, Point, Row, cohort_names, cohort_report
from segmentation.models import CohortDimension

USUAL_MONTHS = 24
STRONGEST = 10
UNKNOWN = "none"
LABELS = {
    "retention": (pgettext_lazy("cohort", "Bought in the month"), "percent", "cohort_retention"),
    "returned": (pgettext_lazy("cohort", "Bought again by then"), "percent", "cohort_returned"),
    "customers": (pgettext_lazy("cohort", "Customers"), "int", "cohort_customers"),
    "orders": (pgettext_lazy("cohort", "Orders of a customer"), "number", "cohort_orders"),
    "margin": (pgettext_lazy("cohort", "Margin of a customer"), "money", "cohort_margin"),
    "total": (pgettext_lazy("cohort", "Margin of the cohort"), "money", "cohort_total"),
    "payback": (pgettext_lazy("cohort", "Share of CAC brought back"), "percent", "cohort_payback"),
}
EMPTY_NAMES = {
    CohortDimension.CHANNEL: gettext_lazy("Unknown channel"),
    CohortDimension.CATEGORY: gettext_lazy("No category"),
    CohortDimension.OWNER: gettext_lazy("Nobody yet"),
}
DEFINED = {CohortDimension.CATEGORY: "cohort_first_product", CohortDimension.OWNER: "cohort_first_manager"}
# What the dimension is called among the conditions of an audience, and its word for nobody known.
FIELDS = {
    CohortDimension.CHANNEL: ("channel", ""),
    CohortDimension.CATEGORY: ("first_category", ""),
    CohortDimension.OWNER: ("first_owner", "pool"),
}


# Campaigns stand on the page of acquisition, below their channels.
DIMENSIONS = [each for each in CohortDimension.choices if each[0] != CohortDimension.CAMPAIGN]


class CohortForm(FigureFilterForm):
    """What the address may ask for. An empty value of a dimension puts all its values side by side."""

    dimension = forms.ChoiceField(label=gettext_lazy("Cohorts of"), required=False, choices=DIMENSIONS)
    value = forms.ChoiceField(label=gettext_lazy("Which"), required=False)
    by = forms.ChoiceField(
        label=gettext_lazy("In a line"),
        required=False,
        choices=[("", gettext_lazy("Months")), ("quarter", gettext_lazy("Quarters"))],
    )
    measure = forms.ChoiceField(required=False, choices=[(code, code) for code in MEASURES], widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, uses=("period",), **kwargs)
        dimension = self.data.get("dimension", "")
        fields: dict[str, Any] = self.fields
        self.names = cohort_names(dimension)
        if dimension in EMPTY_NAMES:
            known = sorted(self.names.items(), key=lambda item: item[1])
            every, unknown = ("", gettext_lazy("Side by side")), (UNKNOWN, EMPTY_NAMES[CohortDimension(dimension)])
            fields["value"].choices = [every, *known, unknown]
            if not self.data.get("value"):
                del fields["by"]
        else:
            del fields["value"]

    def asked(self, *, today: date) -> Asked:
        """What is asked for; what makes no sense counts as not asked."""
        period = self.filters(today=today, months=USUAL_MONTHS)
        data = self.cleaned_data
        dimension = data.get("dimension") or CohortDimension.ALL
        value: str | None = ""
        if dimension != CohortDimension.ALL:
            told = data.get("value", "")
            value = "" if told == UNKNOWN else told or None
        measure = data.get("measure") or MEASURES[0]
        if value is None and measure in ABSOLUTE:
            measure = MEASURES[0]
        return Asked(period.first, period.last, dimension, value, measure, by_quarter=data.get("by") == "quarter")


@dataclass(frozen=True)
class HeatCell:
    """A figure with its colour; css says how strong, or that its month is not over."""

    cell: Cell
    css: str = ""
    is_payback: bool = False


@dataclass(frozen=True)
class HeatRow:
    """A line of the map: what it is, its customers, what they cost, and a cell per age, empty at the end."""

    row: Row
    label: str | Promise
    url: str
    customers_url: str
    cells: list[HeatCell | None]


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def cohorts(request: HttpRequest) -> HttpResponseBase:
    """The map of cohorts by one measure; the address says which cohorts, of what, and which measure."""
    today = company_day(timezone.now())
    form = CohortForm(request.GET)
    asked = form.asked(today=today)
    report = cohort_report(asked, form.names)
    context: dict[str, Any] = {"form": form, "asked": asked, "report": report}
    if report is not None:
        heat = Heat(report)
        if file := table_file(request, [heat.table()]):
            return file
        context |= {
            "heat": heat,
            "table": heat.table(),
            "measures": [(code, LABELS[code][0]) for code in MEASURES if not (asked.compares and code in ABSOLUTE)],
            "definition_code": LABELS[asked.measure][2],
            "dimension_code": DEFINED.get(CohortDimension(asked.dimension), ""),
            "year_url": first_url((report.year.first,), asked.dimension, asked.value) if report.year else "",
            "total_url": first_url(report.total.months, asked.dimension, asked.value),
            "best": report.ranked[:1],
            "worst": report.ranked[-1:] if len(report.ranked) > 1 else [],
            "year_share": report.returned_within_year(report.year) if report.year else None,
        }
    return render(request, "dashboard/cohorts.html", context)


class Heat:
    """The report as a map: colours against the strongest cell, addresses of the customers behind each."""

    def __init__(self, report: CohortReport) -> None:
        self.report = report
        self.asked = report.asked
        # In month 0 everybody bought: beside it nothing else would have a colour.
        first = 1 if self.asked.measure == "retention" else 0
        told = [point.value for row in report.rows for point in row.points[first:] if point.value is not None]
        self.strongest = max(told, default=0) if self.asked.measure != "payback" else Decimal(1)
        self.rows = [self._row(row) for row in report.rows]
        self.total = self._row(report.total, is_total=True) if report.total.points else None
        self.column = self._column("", "")
        points = [point.value for row in (*report.rows, report.total) for point in row.points]
        self.minor = money_digits(value for value in points if value is not None)

    def _column(self, key: str, label: str) -> Column:
        _label, kind, definition = LABELS[self.asked.measure]
        return Column(key, label, kind, definition, digits=2 if kind == "number" else 0 if kind == "percent" else 1)

    def _row(self, row: Row, *, is_total: bool = False) -> HeatRow:
        together = self.asked.compares or is_total
        value = row.value if self.asked.compares and not is_total else self.asked.value
        cells: list[HeatCell | None] = [
            self._cell(row, value, age, point, together) for age, point in enumerate(row.points)
        ]
        cells += [None] * (len(self.report.ages) - len(cells))
        url = f"?{self._value_query(row)}" if self.asked.compares and not is_total else ""
        whose = first_url(row.months, self.asked.dimension, value)
        return HeatRow(row, _("Together") if is_total else self._label(row), url, whose, cells)

    def _label(self, row: Row) -> str | Promise:
        if not self.asked.compares:
            return ""
        return row.name or EMPTY_NAMES[CohortDimension(self.asked.dimension)]

    def _value_query(self, row: Row) -> str:
        period = f"first={self.asked.first:%Y-%m}&last={self.asked.last:%Y-%m}"
        measure = f"dimension={self.asked.dimension}&value={row.value or UNKNOWN}&measure={self.asked.measure}"
        return f"{period}&{measure}"

    def _cell(self, row: Row, value: str | None, age: int, point: Point, together: bool) -> HeatCell | None:
        if point.value is None:
            return None
        strength = round(STRONGEST * point.value / self.strongest) if self.strongest > 0 else 0
        css = "heat-open" if point.is_open else f"heat-{max(0, min(STRONGEST, strength))}"
        url = "" if together else self._behind(row, age, value)
        return HeatCell(Cell(point.value, url), css, is_payback=age == row.payback)

    def _behind(self, row: Row, age: int, value: str | None) -> str:
        """The customers behind a cell; sums over ages are those of the whole cohort."""
        if self.asked.measure not in {"retention", "customers", "returned"}:
            return first_url(row.months, self.asked.dimension, value)
        since = 1 if self.asked.measure == "returned" else age
        if since > age:
            # In the month of the first order nobody comes back.
            return ""
        if len(row.months) > 1:
            return customers_where(bought_at(row.months, since, age, self.asked.dimension, value))
        begins, ends = add_months(row.first, since), _month_end(add_months(row.first, age))
        told = {FIRST: row.first.isoformat()[:7], FROM: begins.isoformat(), TO: ends.isoformat()}
        address = _bought_url(self.asked.dimension, value)
        for place, day in told.items():
            # The first: what comes after the days may be called so.
            address = address.replace(place, day, 1)
        return address

    def table(self) -> Table:
        """The same for a file."""
        ages = [self._column(str(age), str(age)) for age in self.report.ages]
        compares = self.asked.compares
        columns = [
            Column("cohort", _("Cohort"), "text" if compares else "month"),
            Column("size", _("Customers"), "int"),
            Column("cac", _("CAC"), "money"),
            Column("payback", _("Payback, months"), "int"),
            *ages,
        ]
        rows = [self._line(row, row.label if compares else row.row.first) for row in self.rows]
        total = self._line(self.total, self.total.label) if self.total else []
        return Table("cohorts", LABELS[self.asked.measure][0], columns, rows, total)

    def _line(self, heat: HeatRow, label: Any) -> list[Cell]:
        row = heat.row
        facts = [Cell(label), Cell(row.size, heat.customers_url), Cell(row.cac), Cell(row.payback)]
        return [*facts, *(heat_cell.cell if heat_cell else Cell(None) for heat_cell in heat.cells)]


# Stand for days in the address that all cells of a dimension share; letters alone are written there as they are.
FIRST, FROM, TO = "FIRST", "FROM", "TILL"


@lru_cache(maxsize=500)
def _bought_url(dimension: str, value: str | None) -> str:
    """The address behind any cell of one month: the page has hundreds, which differ in three days only."""
    return customers_where(_bought(FIRST, FROM, TO, dimension, value))


@lru_cache(maxsize=500)
def first_url(months: tuple[date, ...], dimension: str, value: str | None) -> str:
    """Whose first order fell into the months, a stretch without gaps or with those of empty months."""
    ordered = sorted(months)
    if len(ordered) == 1:
        when: dict[str, Any] = {"field": "first_on", "op": "month", "value": f"{ordered[0]:%Y-%m}"}
    else:
        when = {"field": "first_on", "op": "between", "value": [str(ordered[0]), str(_month_end(ordered[-1]))]}
    return customers_where({"all": [when, *_of_value(dimension, value)]})


def bought_at(months: Iterable[date], since: int, age: int, dimension: str, value: str | None) -> dict[str, Any]:
    """Those first seen in the months who bought in one of the months of their age from `since` to `age`."""
    each = []
    for month in sorted(months):
        begins, ends = add_months(month, since), _month_end(add_months(month, age))
        each.append(_bought(f"{month:%Y-%m}", str(begins), str(ends), dimension, value))
    return each[0] if len(each) == 1 else {"any": each}


def _bought(month: str, first: str, last: str, dimension: str, value: str | None) -> dict[str, Any]:
    return {
        "all": [
            {"field": "first_on", "op": "month", "value": month},
            {"field": "bought", "op": "some", "value": {"from": first, "to": last}},
            *_of_value(dimension, value),
        ]
    }


def _of_value(dimension: str, value: str | None) -> list[dict[str, Any]]:
    if dimension == CohortDimension.ALL or value is None:
        return []
    field, unknown = FIELDS[CohortDimension(dimension)]
    return [{"field": field, "op": "in", "value": [value or unknown]}]


def _month_end(month: date) -> date:
    return add_months(month, 1) - timedelta(days=1)
