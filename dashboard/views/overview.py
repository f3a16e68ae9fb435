"""What the base is worth, and what stands behind it."""

from dataclasses import dataclass
from typing import Any, cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from core.access import role_required
from core.badges import GRADES, STAGES
from core.formats import short_day_text
from core.models import User
from core.periods import company_day
from core.roles import Role
from dashboard.figures.filters import FigureFilterForm
from dashboard.figures.tables import Cell, Column, Table, table_file
from dashboard.links import customers_url
from dashboard.queries.base import Part
from dashboard.queries.customer_filters import NO_GRADE
from dashboard.queries.overview import Point, overview
from dashboard.queries.overview_part import Asked
from dashboard.queries.work import work
from dashboard.views.overview_links import links_of, overdue_url, within_part

# More than the whole.
NEVER = 2.0


@dataclass(frozen=True)
class Look:
    """A part in a chart: its colour, that of its label, and the share from which the label has room."""

    word: str | Promise
    tone: str
    ink: str = "--surface"
    label_from: float = 0.03


GRADE_LOOKS = {
    "A": Look("A", "--accent", ink="--on-accent"),
    "B": Look("B", "--calm"),
    "C": Look("C", "--warn"),
    "D": Look("D", "--mute"),
    "": Look(GRADES[""].word, "--line-strong", label_from=NEVER),
}
STAGE_TONES = {"new": "--calm", "active": "--good", "at_risk": "--warn", "lapsed": "--alarm", "lost": "--mute"}
STAGE_LOOKS = {stage: Look(STAGES[stage].word, tone, label_from=0.35) for stage, tone in STAGE_TONES.items()}


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def overview_page(request: HttpRequest) -> HttpResponseBase:
    """The base after the last night or a part of it, and the work on it at this minute."""
    today = company_day(timezone.now())
    user = cast("User", request.user)
    form = FigureFilterForm(request.GET)
    asked = Asked(today, form.filters(today=today), user)
    night = overview(asked)
    if night is None or not (night.base.customers or asked.filters.is_narrowed):
        return render(request, "dashboard/overview.html", {"night": None})
    within = asked.customers() if asked.filters.is_narrowed else None
    files = {"grades": parts_table("grades", night.grades), "stages": parts_table("stages", night.stages)}
    if file := table_file(request, files.values()):
        return file
    done = work(user=user, today=today, buyers=night.base.customers, within=within)
    context = {
        "files": files,
        "form": form,
        "asked": asked,
        "links": links_of(asked),
        "night": night,
        "may_summary": user.has_role(Role.MANAGER),
        "snapshot": night.snapshot,
        "work": done,
        "overdue": [(row, overdue_url(asked, row)) for row in done.overdue],
        "history_chart": history_chart(night.history),
        "grades_chart": shares_chart(asked, night.grades, "grade", GRADE_LOOKS),
        "stages_chart": shares_chart(asked, night.stages, "stage", STAGE_LOOKS),
    }
    return render(request, "dashboard/overview.html", context)


def parts_table(code: str, parts: list[Part]) -> Table:
    """The grades or the stages as a file."""
    kind = code.removesuffix("s")
    columns = (
        Column(kind, gettext_lazy("Grade") if kind == "grade" else gettext_lazy("Stage"), kind),
        Column("customers", gettext_lazy("Buyers"), "int"),
        Column("reachable", gettext_lazy("Whom we can reach"), "int"),
        Column("base_value", gettext_lazy("Base value"), "money", "base_value"),
        Column("value_at_risk", gettext_lazy("Value at risk"), "money", "value_at_risk"),
    )
    rows = [
        [Cell(part.code), Cell(part.customers), Cell(part.reachable), Cell(part.base_value), Cell(part.value_at_risk)]
        for part in parts
    ]
    title = gettext_lazy("Buyers by grade") if kind == "grade" else gettext_lazy("Buyers by stage")
    return Table(code, title, columns, rows)


def history_chart(history: list[Point]) -> dict[str, Any]:
    """The base value night by night, and the part of it at risk."""
    return {
        "legend": {},
        "grid": {"left": 4, "right": 24, "top": 32, "bottom": 4, "containLabel": True},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [short_day_text(point.on) for point in history],
        },
        "yAxis": {"type": "value", "splitNumber": 3},
        "series": [
            _line(_("Base value"), "--accent-ink", [point.value for point in history]),
            _line(_("Value at risk"), "--warn", [point.at_risk for point in history]),
        ],
    }


def _line(name: str, tone: str, values: list[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": "line",
        "color": tone,
        "showSymbol": False,
        "areaStyle": {"opacity": 0.12},
        "data": [float(value) for value in values],
    }


def shares_chart(asked: Asked, parts: list[Part], query: str, looks: dict[str, Look]) -> dict[str, Any]:
    """The share of each part in the buyers, and in the base value below it."""
    return {
        "grid": {"left": 4, "right": 4, "top": 0, "bottom": 0, "containLabel": True},
        "tooltip": {"trigger": "item"},
        "xAxis": {"type": "value", "max": 1, "show": False, "axisLabel": {"show": False}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "axisLine": {"show": False},
            "data": [_("Buyers"), _("Base value")],
        },
        "series": [_share(asked, part, query, looks[part.code]) for part in parts if part.customers],
    }


def _share(asked: Asked, part: Part, query: str, look: Look) -> dict[str, Any]:
    url = f"{customers_url(**{query: part.code or NO_GRADE})}{within_part(asked)}"
    label = {"formatter": "{a}", "color": look.ink, "overflow": "truncate"}
    return {
        "name": str(look.word),
        "type": "bar",
        "stack": "all",
        "barWidth": 22,
        "color": look.tone,
        "data": [
            {"value": share, "url": url, "label": {**label, "show": share >= look.label_from}}
            for share in (part.customer_share, part.value_share)
        ],
    }
