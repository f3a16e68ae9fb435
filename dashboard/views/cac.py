"""What a new customer costs and brings."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET

from acquisition.models import AttributionModel
from core.access import role_required
from core.periods import company_day, month_start
from core.roles import Role
from dashboard.figures.filters import FigureFilterForm
from dashboard.figures.tables import table_file
from dashboard.queries.cac import CacReport, Line, cac_report
from dashboard.views.cac_tables import channel_table, grid_table, model_table, month_table, won_url

MEASURES = (("fully_loaded", gettext_lazy("Fully loaded")), ("paid", gettext_lazy("Advertising only")))


class AcquisitionForm(FigureFilterForm):
    """What the address may ask for."""

    model = forms.ChoiceField(
        label=gettext_lazy("A customer counts"),
        required=False,
        choices=[("", pgettext_lazy("attribution", "By the rule in force")), *AttributionModel.choices],
    )
    measure = forms.ChoiceField(label=gettext_lazy("CAC by month"), required=False, choices=MEASURES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, uses=("period", "channel"), **kwargs)


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def cac(request: HttpRequest) -> HttpResponseBase:
    """The cost of the last month with spend, then each channel, campaign and month of a period."""
    today = company_day(timezone.now())
    form = AcquisitionForm(request.GET)
    filters = form.filters(today=today)
    report = cac_report(
        today=today,
        first=filters.first,
        last=filters.last,
        channel=filters.channel,
        model=form.cleaned_data.get("model", ""),
    )
    measure = form.cleaned_data.get("measure") or "fully_loaded"
    # Inquiries are the work of those who talk to people, and not of marketers.
    sees = request.user.has_role(Role.MANAGER)
    by_channel = channel_table(report, sees_inquiries=sees)
    by_month = month_table(report, sees_inquiries=sees)
    tables = [by_channel, by_month, grid_table(report, measure), model_table(report)]
    if file := table_file(request, tables):
        return file
    this_month = month_start(today)
    asked = {"this_month": this_month, "so_far": report.so_far(this_month), "asks_now": filters.last >= this_month}
    return render(request, "dashboard/cac.html", _context(report, form, tables) | asked)


def _context(report: CacReport, form: AcquisitionForm, tables: list[Any]) -> dict[str, Any]:
    months = [line.month for line in report.months if line.month]
    headline = report.headline
    return {
        "form": form,
        "report": report,
        "tables": tables,
        "model": AttributionModel(report.model).label,
        "chart": _chart(report.months),
        "headline_url": won_url([headline.month]) if headline else "",
        "won_url": won_url(months),
    }


def _chart(months: list[Line]) -> dict[str, Any]:
    """Both costs month by month; a point opens the customers won in it."""
    return {
        "legend": {},
        "xAxis": {"type": "category", "data": [date_format(line.month, "M y") for line in months]},
        "yAxis": {"type": "value"},
        "grid": {"left": 8, "right": 12, "top": 36, "bottom": 8, "containLabel": True},
        "series": [
            {
                "name": _("Fully loaded"),
                "type": "line",
                "data": [_point(line, line.sums.loaded) for line in months],
            },
            {
                "name": _("Advertising only"),
                "type": "line",
                "data": [_point(line, line.sums.paid) for line in months],
            },
        ],
    }


def _point(line: Line, value: Any) -> dict[str, Any]:
    url = won_url([line.month]) if line.month else ""
    return {"value": None if value is None else float(value), "url": url}
