"""Would customers recommend us: the score, by month, by grade, and the answers behind it."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from core.access import role_required
from core.periods import company_day
from core.roles import Role
from nps import queries
from nps.forms import LAST_YEAR, NO_GRADE, AnswersFilter
from nps.models import ResponseKind
from nps.queries import Results
from nps.rules.score import Score
from segmentation.models import Grade
from touches.models import TaskState

NEWEST = 10
PER_PAGE = 50

# Farmers see the answers of their own customers and of the pool.
readers = role_required(Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)


@readers
@require_GET
def nps_results(request: HttpRequest) -> HttpResponse:
    """The last twelve months."""
    found = queries.results(request.user, company_day(timezone.now()))
    context = {
        "results": found,
        "shares": _shares(found.total),
        "months": list(found.by_month.items())[::-1],
        "grades": [(grade, grade or NO_GRADE, score) for grade, score in found.by_grade.items()],
        "chart": _chart(found),
        "newest": queries.answer_rows(request.user)[:NEWEST],
        "task_states": dict(TaskState.choices),
    }
    return render(request, "nps/results.html", context)


@readers
@require_GET
def nps_answers(request: HttpRequest) -> HttpResponse:
    """The rows behind the numbers: `?month=2026-11&grade=A&kind=detractor`."""
    today = company_day(timezone.now())
    chosen = AnswersFilter(request.GET).narrowing(today)
    rows = queries.answer_rows(request.user, **chosen)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen | {"grade": NO_GRADE if chosen["grade"] == "" else chosen["grade"]},
        "last_year": LAST_YEAR,
        "months": queries.months_answered(request.user, today),
        "grades": [*Grade.choices, (NO_GRADE, _("no grade yet"))],
        "kinds": ResponseKind.choices,
        "task_states": dict(TaskState.choices),
    }
    return render(request, "nps/answers.html", context)


def _shares(score: Score) -> list[dict[str, Any]]:
    """The three parts of the bar, left to right, in percent of its width."""
    counts = {
        ResponseKind.DETRACTOR: score.detractors,
        ResponseKind.PASSIVE: score.passives,
        ResponseKind.PROMOTER: score.promoters,
    }
    shares, start = [], 0.0
    for kind, count in counts.items():
        width = 100 * count / score.answers if score.answers else 0.0
        shares.append({"kind": kind, "count": count, "share": width / 100, "x": f"{start:.3f}", "w": f"{width:.3f}"})
        start += width
    return shares


def _chart(found: Results) -> dict[str, Any]:
    """The score by month with its 95 % band; a month without answers is a gap."""
    months = list(found.by_month.items())
    return {
        "legend": {},
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "category", "data": [f"{month:%m.%Y}" for month, _score in months]},
        "yAxis": {"type": "value", "min": -100, "max": 100, "interval": 50},
        "grid": {"left": 8, "right": 12, "top": 36, "bottom": 8, "containLabel": True},
        "series": [_line(months), _band(months, upper=False), _band(months, upper=True)],
    }


def _line(months: list[tuple[Any, Score]]) -> dict[str, Any]:
    address = reverse("nps_answers")
    return {
        "name": _("NPS"),
        "type": "line",
        "symbol": "circle",
        "symbolSize": 8,
        "z": 3,
        "data": [
            {"value": _rounded(score.score), "url": f"{address}?{urlencode({'month': f'{month:%Y-%m}'})}"}
            for month, score in months
        ],
    }


def _band(months: list[tuple[Any, Score]], *, upper: bool) -> dict[str, Any]:
    """The interval as two stacked lines: the unseen lower edge, and the filled width over it."""
    edges = [
        (max(-100.0, s.score - s.margin), min(100.0, s.score + s.margin)) if s.answers else None for _m, s in months
    ]
    values = [None if edge is None else edge[1] - edge[0] if upper else edge[0] for edge in edges]
    return {
        "name": _("95% interval"),
        "type": "line",
        "stack": "interval",
        "stackStrategy": "all",
        "silent": True,
        "symbol": "none",
        "lineStyle": {"opacity": 0},
        "areaStyle": {"opacity": 0.18 if upper else 0},
        "data": [_rounded(value) for value in values],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
