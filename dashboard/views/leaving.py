"""Why customers leave, and what it costs."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from core.access import role_required
from core.formats import number_text
from core.models import Night
from core.periods import add_months, company_day
from core.roles import Role
from dashboard.figures.filters import POOL, FigureFilterForm, FigureFilters
from dashboard.figures.tables import Cell, Column, Table, table_file
from dashboard.links import customers_where
from dashboard.queries.leaving import LeavingReport, Part, last_counted, leaving_report
from market.queries import told_since
from market.rules.lift import Lift
from segmentation.audiences.fields.market import PATTERNS

Leaf = dict[str, Any]
NO_PART = {
    "reason": gettext_lazy("Reason not told"),
    "competitor": gettext_lazy("No competitor named"),
    "grade": gettext_lazy("Without a grade"),
    "channel": gettext_lazy("Unknown channel"),
    "category": gettext_lazy("No category"),
}
TITLES = {
    "reason": (gettext_lazy("By reason"), gettext_lazy("Reason")),
    "competitor": (gettext_lazy("For whom they left"), gettext_lazy("Competitor")),
    "grade": (gettext_lazy("By grade"), gettext_lazy("Grade")),
    "owner": (gettext_lazy("By owner"), gettext_lazy("Owner")),
    "channel": (gettext_lazy("By channel they came from"), gettext_lazy("Channel")),
    "category": (gettext_lazy("By what they bought most"), gettext_lazy("Product category")),
}


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def leaving(request: HttpRequest) -> HttpResponse:
    """What was lost with those who left, by reason and by every other part, and after what they leave more often."""
    form = FigureFilterForm(request.GET)
    filters = form.filters(today=company_day(timezone.now()))
    report = leaving_report(filters)
    tables = _tables(report)
    if file := table_file(request, tables.values()):
        return file
    night = Night.objects.filter(state="done").order_by("-finished_at").first()
    context = {
        "form": form,
        "report": report,
        "tables": tables,
        "chart": _chart(report),
        "may_set": request.user.has_role(Role.MANAGER),
        "is_counted": night is not None or last_counted() is not None,
        "told_since": told_since(night.finished_at) if night else 0,
        "links": {
            "all": _customers(report.filters),
            "known": _customers(report.filters, {"field": "left_reason", "op": "not_in", "value": [""]}),
            "unknown": _customers(report.filters, {"field": "left_reason", "op": "in", "value": [""]}),
        },
    }
    return render(request, "dashboard/leaving.html", context)


def _customers(filters: FigureFilters, *leaves: Leaf) -> str:
    """Those who left in the months asked for, and meet the leaves."""
    return customers_where({"all": [*_period(filters), *filters.conditions(), *leaves]})


def _period(filters: FigureFilters) -> list[Leaf]:
    days = [filters.first, add_months(filters.last, 1) - timedelta(days=1)]
    return [{"field": "left_on", "op": "between", "value": [day.isoformat() for day in days]}]


def _tables(report: LeavingReport) -> dict[str, Table]:
    tables = {name: _table(report, name) for name in TITLES}
    tables["month"] = _months(report)
    tables["pattern"] = _patterns(report)
    return tables


def _columns(label: Any, kind: str = "text") -> list[Column]:
    return [
        Column("part", label, kind),
        Column("customers", gettext_lazy("Customers left"), "int"),
        Column("value", gettext_lazy("Lost a year"), "money", "lost_value"),
        Column("share", gettext_lazy("Share"), "percent"),
        Column("each", gettext_lazy("For each"), "money"),
    ]


def _table(report: LeavingReport, name: str) -> Table:
    title, label = TITLES[name]
    columns = _columns(label, "grade" if name == "grade" else "text")
    rows = [_row(report, part, _name(name, part), LEAVES[name](part)) for part in report.parts[name]]
    return Table(f"leaving-{name}", title, columns, rows, _total(report), gettext_lazy("Nobody left in these months."))


def _row(report: LeavingReport, part: Part, name: Cell, leaf: Leaf) -> list[Cell]:
    return [
        name,
        Cell(part.customers, _customers(report.filters, leaf)),
        Cell(part.value),
        Cell(part.value / report.value if report.value else None),
        Cell(part.value / part.customers if part.customers else None),
    ]


def _total(report: LeavingReport) -> list[Cell]:
    each = report.value / report.customers if report.customers else None
    everybody = Cell(report.customers, _customers(report.filters))
    share = Cell(Decimal(1) if report.value else None)
    return [Cell(gettext_lazy("Total")), everybody, Cell(report.value), share, Cell(each)]


def _name(dimension: str, part: Part) -> Cell:
    if dimension == "owner" and part.key == POOL:
        return Cell(gettext_lazy("In the pool"))
    if dimension == "grade" and not part.key:
        return Cell("", note=NO_PART["grade"])
    return Cell(part.name or part.key or NO_PART.get(dimension, ""))


LEAVES: dict[str, Callable[[Part], Leaf]] = {
    "reason": lambda part: {"field": "left_reason", "op": "in", "value": [part.key]},
    "competitor": lambda part: {"field": "competitor", "op": "in", "value": [part.key]},
    "grade": lambda part: (
        {"field": "grade", "op": "in", "value": [part.key]}
        if part.key
        else {"field": "grade", "op": "not_in", "value": list("ABCD")}
    ),
    "owner": lambda part: {"field": "owner", "op": "in", "value": [part.key]},
    "channel": lambda part: {"field": "channel", "op": "in", "value": [part.key]},
    "category": lambda part: {"field": "lost_category", "op": "in", "value": [part.key]},
}


def _months(report: LeavingReport) -> Table:
    columns = _columns(gettext_lazy("Month"), "month")
    rows = []
    for part in report.months:
        leaf = _left_in(part)
        where = {"all": [leaf, *report.filters.conditions()]}
        row = _row(report, part, Cell(_first_day(part.key)), leaf)
        row[1] = Cell(part.customers, customers_where(where))
        rows.append(row)
    return Table("leaving-month", gettext_lazy("By month"), columns, rows, _total(report))


def _left_in(part: Part) -> Leaf:
    return {"field": "left_on", "op": "month", "value": part.key}


def _first_day(key: str) -> date:
    return date.fromisoformat(f"{key}-01")


def _patterns(report: LeavingReport) -> Table:
    columns = [
        Column("what", gettext_lazy("What happened before")),
        Column("exposed", gettext_lazy("Customers"), "int"),
        Column("left", gettext_lazy("Of them left"), "percent"),
        Column("others", gettext_lazy("Of the others left"), "percent"),
        Column("lift", gettext_lazy("Times as often"), "number", "leaving_lift", digits=2),
        Column("interval", gettext_lazy("95% interval")),
        Column("verdict", gettext_lazy("What it says")),
    ]
    names = PATTERNS.names([each.code for each in report.patterns])
    rows = []
    for each in report.patterns:
        lift = each.lift
        where = {"field": "leaving_after", "op": "in", "value": [each.code]}
        happened = customers_where({"all": [where]})
        gone = customers_where({"all": [where, {"field": "left", "op": "is", "value": True}]})
        rows.append(
            [
                Cell(names[each.code]),
                Cell(lift.exposed, happened if lift.exposed else ""),
                Cell(lift.share, gone if lift.exposed_left else "", _of(lift.exposed_left, lift.exposed)),
                Cell(lift.share_of_others, note=_of(lift.others_left, lift.others)),
                Cell(lift.value),
                Cell(_interval(lift.low, lift.high)),
                Cell(_verdict(lift)),
            ]
        )
    return Table(
        "leaving-pattern",
        gettext_lazy("After what do they leave more often?"),
        columns,
        rows,
        (),
        gettext_lazy("The comparison is made once a week, at night."),
    )


def _of(left: int, customers: int) -> str:
    """How many of how many a share is of; of nobody there is nothing to say."""
    return f"{number_text(left, 0)} / {number_text(customers, 0)}" if customers else ""


def _interval(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "—"
    return f"{number_text(low, 2)} – {number_text(high, 2)}"


def _verdict(lift: Lift) -> Any:
    if lift.is_too_few:
        return gettext_lazy("Fewer than 30 customers: too few to judge")
    if lift.is_more:
        return gettext_lazy("They leave more often")
    if lift.is_less:
        return gettext_lazy("They leave less often")
    return gettext_lazy("No difference is proven")


def _chart(report: LeavingReport) -> dict[str, Any]:
    """What was lost month by month; a bar opens the customers."""
    return {
        "xAxis": {"type": "category", "data": [date_format(_first_day(part.key), "M y") for part in report.months]},
        "yAxis": {"type": "value"},
        "grid": {"left": 8, "right": 12, "top": 16, "bottom": 8, "containLabel": True},
        "series": [
            {
                "name": _("Lost a year"),
                "type": "bar",
                "data": [
                    {
                        "value": float(part.value),
                        "url": customers_where({"all": [_left_in(part), *report.filters.conditions()]}),
                    }
                    for part in report.months
                ],
            }
        ],
    }
