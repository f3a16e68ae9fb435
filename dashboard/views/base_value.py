"""What the base is worth, and where it moves: the balance sheet month by month."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from core.access import role_required
from core.periods import company_day
from core.roles import Role
from dashboard.base_value_charts import history_chart, moves_chart, waterfall
from dashboard.base_value_tables import Links, balance_file, balance_table, contacts_table
from dashboard.figures.filters import FigureFilterForm
from dashboard.figures.tables import table_file
from dashboard.queries.base_value import base_value

# Why there is no interval, by the code of `segmentation.queries.intervals`.
NO_INTERVAL = {
    "no_fit": _("No interval: there is no forecast yet."),
    "cohort_average": _("No interval: the forecast is the average of the cohort, which does not tell how sure it is."),
    "pooled_margin": _("No interval: too few customers bought twice to tell how much margins of orders differ."),
    "infinite_variance": _("No interval: margins of orders differ so much that the model gives them no finite spread."),
    "nothing_expected": _("No interval: nothing is expected."),
    "not_determined": _("No interval: the orders do not determine the model well enough."),
    "part": _("The interval of a part of the base is known for the newest month only."),
}


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def base_value_page(request: HttpRequest) -> HttpResponseBase:
    """The last month asked for as an answer, its moves, and all months."""
    today = company_day(timezone.now())
    form = FigureFilterForm(request.GET)
    filters = form.filters(today=today, months=13)
    report = base_value(today=today, filters=filters)
    if report is None:
        return render(request, "dashboard/base_value.html", {"report": None, "form": form, "filters": filters})
    links = Links(filters)
    tables = [balance_table(report, links), contacts_table(report, links)]
    if file := table_file(request, [balance_file(tables[0], report), tables[1]]):
        return file
    context = {
        "report": report,
        "now": report.now,
        "form": form,
        "filters": filters,
        "links": links.of_answer(report.now),
        "no_interval": NO_INTERVAL.get(report.now.interval_reason, ""),
        "waterfall": waterfall(report.now, links),
        "history": history_chart(report.months),
        "moves": moves_chart(report.months, links),
        "balance": tables[0],
        "contacts": tables[1],
    }
    return render(request, "dashboard/base_value.html", context)
