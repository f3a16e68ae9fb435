"""What a new customer costs."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from acquisition.queries import MonthCost
from core.access import role_required
from core.periods import company_day, month_start
from core.roles import Role
from dashboard.queries.cac import cac_report

PERIODS = (6, 12, 24, 36)
USUAL_PERIOD = 12
MEASURES = ("fully_loaded", "paid")


class CacForm(forms.Form):
    """What the address may ask for."""

    months = forms.TypedChoiceField(choices=[(months, months) for months in PERIODS], coerce=int)
    measure = forms.ChoiceField(choices=[(name, name) for name in MEASURES])


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def cac(request: HttpRequest) -> HttpResponse:
    """The cost of the last month with spend, then each channel and month of a period."""
    form = CacForm(request.GET)
    form.is_valid()
    today = company_day(timezone.now())
    months = form.cleaned_data.get("months", USUAL_PERIOD)
    report = cac_report(today=today, months=months)
    return render(
        request,
        "dashboard/cac.html",
        {
            "report": report,
            "this_month": month_start(today),
            "period": months,
            "periods": PERIODS,
            "measure": form.cleaned_data.get("measure", MEASURES[0]),
            "chart": _chart(report.months),
        },
    )


def _chart(months: list[MonthCost]) -> dict[str, Any]:
    """Both costs month by month; a point opens the customers won in it."""
    return {
        "legend": {},
        "xAxis": {"type": "category", "data": [date_format(row.month, "M y") for row in months]},
        "yAxis": {"type": "value"},
        "grid": {"left": 8, "right": 12, "top": 36, "bottom": 8, "containLabel": True},
        "series": [
            {
                "name": _("Fully loaded"),
                "type": "line",
                "data": [_point(row, row.fully_loaded) for row in months],
            },
            {
                "name": _("Advertising only"),
                "type": "line",
                "data": [_point(row, row.paid) for row in months],
            },
        ],
    }


def _point(row: MonthCost, value: Any) -> dict[str, Any]:
    query = urlencode({"won_month": row.month.strftime("%Y-%m")})
    # Without spend the cost is not known, rather than nothing.
    known = row.spend and value is not None
    return {"value": float(value) if known else None, "url": f"{reverse('customer_list')}?{query}"}
