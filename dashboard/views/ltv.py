"""What a customer brings."""

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import role_required
from core.periods import company_day
from core.roles import Role
from dashboard.queries.forecast import forecast
from dashboard.queries.ltv import AGES, LtvReport, ltv_report

TONES = ("--mute", "--calm", "--mark", "--warn")
# More lines cannot be told apart: the newest years stay.
YEARS = len(TONES)


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def ltv(request: HttpRequest) -> HttpResponse:
    """LTV of the base, by grade, by cohort (quarters, or the months of `year`), and how the forecast is made."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else None
    report = ltv_report(today=company_day(timezone.now()), year=year)
    if report is None or not report.base.customers:
        return render(request, "dashboard/ltv.html", {"report": None})
    context = {
        "report": report,
        "ages": AGES,
        "chart": payback_chart(report),
        "forecast": forecast(report.fit) if report.fit else None,
    }
    return render(request, "dashboard/ltv.html", context)


def payback_chart(report: LtvReport) -> dict[str, Any]:
    """Cumulative margin per customer: all, each year of the first order, and what winning one costs."""
    everybody, *years = report.curves
    length = len(everybody.points)
    lines = [_line(_("All customers"), everybody.points, "--accent-ink", width=3)]
    lines += [
        _line(str(curve.year), curve.points, tone, width=1.5)
        for curve, tone in zip(years[-YEARS:], TONES, strict=False)
        if curve.points
    ]
    cost = report.costs.year.fully_loaded
    if cost is not None:
        lines.append(_line(_("Fully loaded CAC"), [cost] * length, "--bad", width=1.5, dashed=True))
    return {
        "legend": {"type": "scroll", "pageIconColor": "--ink-2", "pageIconInactiveColor": "--line-strong"},
        "grid": {"left": 4, "right": 16, "top": 36, "bottom": 20, "containLabel": True},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "name": _("months after the first order"),
            "nameLocation": "middle",
            "nameGap": 26,
            "axisLabel": {"interval": 2},
            "data": [str(age) for age in range(length)],
        },
        "yAxis": {"type": "value", "splitNumber": 4},
        "series": lines,
    }


def _line(name: str, points: list[Decimal], tone: str, *, width: float, dashed: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "color": tone,
        "showSymbol": False,
        "lineStyle": {"width": width, "type": "dashed" if dashed else "solid"},
        "data": [round(float(point), 2) for point in points],
    }
