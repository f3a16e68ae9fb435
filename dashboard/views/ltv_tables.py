"""The tables of the page of LTV."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from core.formats import month_text
from core.periods import add_months
from dashboard.figures.filters import FigureFilters
from dashboard.figures.tables import Cell, Column, Table
from dashboard.links import customers_where
from dashboard.queries.base import Part
from dashboard.queries.ltv import CohortRow, LtvReport

HAS_ORDERS = {"field": "orders", "op": "ge", "value": 1}


def everybody_url(filters: FigureFilters) -> str:
    """The buyers whom the filters let through."""
    return _customers(filters, HAS_ORDERS)


def grades(report: LtvReport, filters: FigureFilters) -> Table:
    """Each grade, and all of them together."""
    columns = (
        Column("grade", _("Grade"), "grade"),
        Column("buyers", _("Buyers"), "int"),
        Column("realised", _("Realised"), "money", "realised"),
        Column("realised_each", _("Realised, each"), "money"),
        Column("predicted_12", _("Forecast, 12 months"), "money", "predicted_12"),
        Column("predicted_36", _("Forecast, 36 months"), "money", "predicted_36"),
        Column("ltv", _("LTV"), "money", "ltv"),
        Column("p_alive", _("Will buy again"), "percent", "p_alive", digits=0),
        Column("value_at_risk", _("Value at risk"), "money", "value_at_risk"),
    )
    rows = [_grade(part, filters) for part in report.grades if part.customers or not filters.is_narrowed]
    base, snapshot = report.base, report.snapshot
    total = (
        Cell(_("All buyers"), note=_("all grades")),
        Cell(base.customers, url=everybody_url(filters)),
        Cell(base.realised),
        Cell(base.realised_each),
        Cell(snapshot.predicted_12),
        Cell(snapshot.predicted_36),
        Cell(base.ltv),
        Cell(report.p_alive),
        Cell(snapshot.value_at_risk),
    )
    return Table("grades", _("By grade"), columns, rows, total)


def _grade(part: Part, filters: FigureFilters) -> list[Cell]:
    of_grade = {"field": "grade", "op": "in", "value": [part.code]}
    url = _customers(filters, of_grade)
    at_risk = _customers(filters, of_grade, {"field": "value_at_risk", "op": "gt", "value": "0"})
    return [
        Cell(part.code, url=url),
        Cell(part.customers, url=url),
        Cell(part.realised, url=url),
        Cell(part.realised_each),
        Cell(part.predicted_12, url=url),
        Cell(part.predicted_36, url=url),
        Cell(part.ltv),
        Cell(part.p_alive),
        Cell(part.value_at_risk, url=at_risk),
    ]


def cohorts(report: LtvReport, filters: FigureFilters) -> Table:
    """By the quarter of the first order, or its month; the newest first."""
    columns = (
        Column("cohort", _("First order")),
        Column("buyers", _("Buyers"), "int"),
        Column("realised_each", _("Brought so far, each"), "money", "realised"),
        Column("predicted_each", _("36 months more, each"), "money", "predicted_36"),
        Column("ltv", _("LTV"), "money", "ltv"),
        Column("p_alive", _("Will buy again"), "percent", "p_alive", digits=0),
    )
    rows = [_cohort(row, filters, by_month=report.year is not None) for row in reversed(report.cohorts)]
    empty = _("Nobody has bought yet.")
    return Table("cohorts", _("By first order"), columns, rows, empty=empty)


def _cohort(row: CohortRow, filters: FigureFilters, *, by_month: bool) -> list[Cell]:
    last = add_months(row.last, 1) - timedelta(days=1)
    url = _customers(filters, {"field": "first_on", "op": "between", "value": [str(row.first), str(last)]})
    name = month_text(row.first) if by_month else _quarter(row)
    return [
        Cell(name, url=url),
        Cell(row.worth.customers, url=url),
        Cell(row.worth.realised_each),
        Cell(row.worth.predicted_each),
        Cell(row.worth.ltv),
        Cell(row.p_alive),
    ]


def _quarter(row: CohortRow) -> str:
    return _("Q%(quarter)s %(year)s") % {"quarter": row.quarter, "year": row.first.year}


def _customers(filters: FigureFilters, *conditions: dict[str, Any]) -> str:
    return customers_where({"all": [*filters.conditions(), *conditions]})
