"""What a customer brings."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import role_required
from core.periods import company_day
from core.roles import Role
from dashboard.figures.charts import line, lines
from dashboard.figures.filters import FigureFilterForm
from dashboard.figures.tables import table_file
from dashboard.queries.forecast import forecast
from dashboard.queries.ltv import Paid, ltv_report
from dashboard.views import ltv_tables as tables

USES = ("grade", "owner", "channel", "category")
TONES = ("--mute", "--calm", "--mark", "--warn")
# More lines cannot be told apart: the newest years stay.
YEARS = len(TONES)


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def ltv(request: HttpRequest) -> HttpResponseBase:
    """LTV of the base or of a part, by grade, by cohort (quarters, or the months of `year`), and by what method."""
    today = company_day(timezone.now())
    form = FigureFilterForm(request.GET, uses=USES)
    filters = form.filters(today=today)
    report = ltv_report(today=today, filters=filters, year=_year(request.GET.get("year", "")))
    if report is None or (not report.base.customers and not filters.is_narrowed):
        return render(request, "dashboard/ltv.html", {"report": None})
    drawn = {"grades": tables.grades(report, filters), "cohorts": tables.cohorts(report, filters)}
    if file := table_file(request, drawn.values()):
        return file
    context = {
        "report": report,
        "form": form,
        "is_narrowed": filters.is_narrowed,
        "tables": drawn,
        "everybody_url": tables.everybody_url(filters),
        "chart": payback_chart(report.paid) if report.paid else None,
        "forecast": forecast(report.fit) if report.fit else None,
    }
    return render(request, "dashboard/ltv.html", context)


def _year(asked: str) -> int | None:
    return int(asked) if asked.isdecimal() and len(asked) == 4 else None


def payback_chart(paid: Paid) -> dict[str, Any]:
    """Cumulative margin per customer: of those won in 12 months, all, by year of the first order; and the CAC."""
    everybody, *years = paid.curves
    length = len(everybody.points)
    drawn = [
        line(_("Won in 12 months"), paid.life[: paid.lived], "--accent-ink", width=3),
        line(_("All customers"), everybody.points, "--ink", width=2),
    ]
    drawn += [
        line(str(curve.year), curve.points, tone, width=1.5)
        for curve, tone in zip(years[-YEARS:], TONES, strict=False)
        if curve.points
    ]
    if paid.lived < len(paid.life):
        drawn.append(line(_("The same, then earlier ones"), paid.life, "--accent-ink", width=1.5, dashed=True))
    cost = paid.costs.year.fully_loaded
    if cost is not None:
        drawn.append(line(_("Fully loaded CAC"), [cost] * length, "--bad", width=1.5, dashed=True))
    return lines(drawn, axis=_("months after the first order"), last=length - 1, interval=2)
