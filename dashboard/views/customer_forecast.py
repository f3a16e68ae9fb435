"""Why the forecast of a customer is what it is."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from core.access import role_required
from dashboard.forecast_words import METHODS, REASONS
from dashboard.queries.customer_forecast import AlivePoint, Why
from dashboard.queries.customer_forecast import customer_forecast as forecast_of
from dashboard.views.customer_list import PEOPLE
from segmentation.rules.ltv import Adjustment

ADJUSTMENTS: dict[Adjustment, str | Promise] = {
    Adjustment.ORDERS_CAPPED: gettext_lazy("More than one order a day was foretold; one a day is counted."),
    Adjustment.MARGIN_CAPPED: gettext_lazy("The sum foretold was beyond all measure and is cut."),
    Adjustment.NO_REPEAT_MARGIN: gettext_lazy(
        "There is no repeat order to learn a margin from: that of an average customer is taken."
    ),
    Adjustment.NON_POSITIVE_MARGIN: gettext_lazy(
        "So far repeat orders have brought no margin. That draws the forecast down, but never below zero: nobody has "
        "to sell at a loss again."
    ),
}


@role_required(*PEOPLE)
@require_GET
def customer_forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """Fragment: the inputs, the method in words, the curves of P(alive) and of the expected margin."""
    why = forecast_of(user=request.user, pk=pk)
    if why is None:
        return render(request, "dashboard/_customer_forecast.html", {"why": None})
    context = {
        "why": why,
        "method": METHODS.get(why.fit.method, why.fit.method),
        "reason": REASONS.get(why.fit.reason, ""),
        "notes": [words for flag, words in ADJUSTMENTS.items() if flag in why.adjustment],
        "alive_chart": alive_chart(why.alive) if why.alive else None,
        "margin_chart": margin_chart(why),
        "by_year": [(months, why.margins[months - 1]) for months in (12, 24, 36)],
    }
    return render(request, "dashboard/_customer_forecast.html", context)


def alive_chart(points: list[AlivePoint]) -> dict[str, Any]:
    """P(alive) from the first purchase on, and dashed what it becomes if no order comes."""
    last_known = max(at for at, point in enumerate(points) if not point.is_ahead)
    shares = [round(point.p_alive, 4) for point in points]
    return {
        "legend": {},
        "grid": {"left": 4, "right": 16, "top": 36, "bottom": 4, "containLabel": True},
        "xAxis": {"type": "time", "axisLabel": {"hideOverlap": True, "formatter": "{MM}.{yyyy}"}},
        "yAxis": {"type": "value", "min": 0, "max": 1, "interval": 0.25},
        "series": [
            _line(_("So far"), points[: last_known + 1], shares[: last_known + 1], dashed=False),
            _line(_("If no order comes"), points[last_known:], shares[last_known:], dashed=True),
        ],
    }


def _line(name: str, points: list[AlivePoint], shares: list[float], *, dashed: bool) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "color": "--warn" if dashed else "--accent-ink",
        "showSymbol": False,
        "lineStyle": {"width": 2, "type": "dashed" if dashed else "solid"},
        "data": [[point.on.isoformat(), share] for point, share in zip(points, shares, strict=True)],
    }


def margin_chart(why: Why) -> dict[str, Any]:
    """Expected margin, added up month by month and discounted."""
    return {
        "grid": {"left": 4, "right": 16, "top": 16, "bottom": 20, "containLabel": True},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "name": _("months from now"),
            "nameLocation": "middle",
            "nameGap": 26,
            "axisLabel": {"interval": 5},
            "data": [str(month) for month in range(len(why.margins) + 1)],
        },
        "yAxis": {"type": "value", "splitNumber": 4},
        "series": [
            {
                "name": _("Expected margin"),
                "type": "line",
                "color": "--accent-ink",
                "showSymbol": False,
                "lineStyle": {"width": 2},
                "areaStyle": {"opacity": 0.12},
                "data": [0, *(round(float(margin), 2) for margin in why.margins)],
            }
        ],
    }
