"""My day: whom to work with today, ranked, and what has been done."""

import re
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.models import User
from core.periods import company_day
from segmentation.models import Grade
from touches import queries
from touches.forms import REASON_LABELS, DayFilter
from touches.rules.worklist import day_plan
from touches.views.access import people_only
from touches.views.reasons import shown_rows


@people_only
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """The day of the user or, for those who see the whole base, of `?owner=`."""
    context = answer_context(request.user, request.GET, after=_place(request.GET.get("after", "")))
    if request.htmx and request.htmx.target == "more":
        return render(request, "touches/_rows.html", context)
    context |= _choices(request.user)
    return render(request, "touches/worklist.html", context)


@people_only
@require_GET
def done_today(request: HttpRequest) -> HttpResponse:
    """The touches of the day, newest first."""
    person = _person(request.user, DayFilter(request.GET))
    today = company_day(timezone.now())
    return render(
        request, "touches/done_today.html", _done(request.user, person, today) | {"person": person, "today": today}
    )


def answer_context(viewer: User, asked: QueryDict, **part: Any) -> dict[str, Any]:
    """The answer of the page: how many are left, what is at stake and done, and the rows of `part`."""
    today = company_day(timezone.now())
    filters = DayFilter(asked)
    person = _person(viewer, filters)
    kind, grade = filters.value("kind"), filters.value("grade")
    day = queries.day_of(viewer=viewer, person=person, as_of=today, kind=kind, grade=grade, **part)
    done = _done(viewer, person, today)
    return done | {
        "today": today,
        "person": person,
        "day": day,
        "rows": shown_rows(day.rows, today),
        "more": f"{day.more.score}:{day.more.customer_id}" if day.more else "",
        "plan": day_plan(done["done_customers"], day.everything),
        "kind": kind,
        "chosen_grade": grade,
    }


def asked_in_page(request: HttpRequest) -> QueryDict:
    """The filters of the page that an htmx request came from."""
    try:
        return QueryDict(urlsplit(request.htmx.current_url or "").query)
    except ValueError:
        return QueryDict()


def _person(viewer: User, filters: DayFilter) -> User:
    return (viewer.sees_whole_base and filters.value("owner")) or viewer


def _done(viewer: User, person: User, today: date) -> dict[str, Any]:
    done = list(queries.touches_on(today, person, viewer))
    return {"done": done, "done_customers": len({touch.customer_id for touch in done})}


def _choices(viewer: User) -> dict[str, Any]:
    people = queries.working_people() if viewer.sees_whole_base else ()
    return {"people": people, "grades": [*Grade.values, "X"], "kinds": REASON_LABELS.items()}


def _place(mark: str) -> queries.Place | None:
    """The place in the list that `?after=` names; none where it is no mark of ours."""
    if not re.fullmatch(r"\d{1,3}\.\d{6}:\d{1,18}", mark):
        return None
    score, _colon, customer_id = mark.partition(":")
    return queries.Place(Decimal(score), int(customer_id))
