"""Whether the forecast can be trusted."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import role_required
from core.formats import percent_text
from core.roles import Role
from dashboard.figures.charts import line, lines
from dashboard.figures.tables import table_file
from dashboard.forecast_words import METHODS
from dashboard.queries.backtest import Backtest, Leaving, backtest, past_fits
from dashboard.views import backtest_tables as tables

# The guess "as many orders as before" would squeeze the others to the floor; the table has it.
TONES = {"cohort_average": "--mute", "same_rate": "--mark"}


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def ltv_backtest(request: HttpRequest) -> HttpResponseBase:
    """The forecast against what came: by week, by method, by grade, in money; leaving; the fits so far."""
    report = backtest()
    if report is None:
        return render(request, "dashboard/ltv_backtest.html", {"report": None})
    fits = past_fits()
    drawn = {
        "methods": tables.methods(report),
        "grades": tables.grades(report),
        "bands": tables.bands(report),
        "leaving": tables.leaving(report.leaving) if report.leaving else None,
        "weeks": tables.weeks(report),
        "fits": tables.fits(fits),
    }
    if file := table_file(request, [each for each in drawn.values() if each]):
        return file
    context = {
        "report": report,
        "tables": drawn,
        "weeks_chart": weeks_chart(report) if report.weeks else None,
        "leaving_chart": leaving_chart(report.leaving) if report.leaving else None,
    }
    return render(request, "dashboard/ltv_backtest.html", context)


def weeks_chart(report: Backtest) -> dict[str, Any]:
    """Cumulative orders after the cut: those that came, the method in force, the simple guesses."""
    weeks = report.weeks
    drawn = [line(_("Came"), [0, *weeks["actual"]], "--ink", width=3, digits=1)]
    drawn.append(line(str(report.method), [0, *weeks[report.fit.method]], "--accent-ink", width=3, digits=1))
    drawn += [
        line(str(METHODS[method]), [0, *weeks[method]], tone, width=1.5, dashed=True, digits=1)
        for method, tone in TONES.items()
        if method in weeks and method != report.fit.method
    ]
    return lines(drawn, axis=_("weeks after the cut"), last=len(weeks["actual"]))


def leaving_chart(leaving: Leaving) -> dict[str, Any]:
    """By band of the given probability of leaving: the diagonal, the silence expected, and the silence that came."""
    seen = leaving.bands
    middle = [(band.low + band.high) / 2 for band in seen]
    return {
        "legend": {},
        "grid": {"left": 4, "right": 16, "top": 36, "bottom": 20, "containLabel": True},
        "xAxis": {
            "type": "category",
            "name": _("given probability of leaving"),
            "nameLocation": "middle",
            "nameGap": 26,
            "data": [f"{round(band.low * 100)}–{percent_text(band.high, 0)}" for band in seen],
        },
        "yAxis": {"type": "value", "min": 0, "max": 1, "interval": 0.25},
        "series": [
            _marks(_("The diagonal: as given"), middle, "--mute", dashed=True),
            _marks(_("No order expected"), [band.expected for band in seen], "--accent-ink"),
            _marks(_("No order came"), [band.silent for band in seen], "--ink"),
        ],
    }


def _marks(name: str, shares: list[float] | list[float | None], tone: str, *, dashed: bool = False) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "color": tone,
        "symbolSize": 0 if dashed else 8,
        "lineStyle": {"width": 1.5 if dashed else 2.5, "type": "dashed" if dashed else "solid"},
        "data": [None if share is None else round(share, 4) for share in shares],
    }
