"""Who reads the base: days of people, unusual ones first; the entries behind them; the limits."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from core.access import role_required
from core.periods import company_day
from core.roles import Role
from customers.actions.guard import change_limits
from customers.models import AccessEntry, ContactChannel
from customers.queries.guard import limits
from customers.rules.reading_habits import Why
from dashboard.forms.reading import LimitsForm, ReadingFilter
from dashboard.queries.exports import LISTINGS
from dashboard.queries.reading import ENTRIES_AT_ONCE, entries, reading_days

DAYS_SHOWN = 7
WORDS = {
    Why.SWEEP: gettext_lazy("one after another, in order"),
    Why.EXPORT: gettext_lazy("took out an unusual lot"),
    Why.OWN: gettext_lazy("several times the usual"),
    Why.ROLE: gettext_lazy("several times what the role opens"),
    Why.LIMIT: gettext_lazy("used up the limit"),
    Why.FOREIGN: gettext_lazy("mostly not their own customers"),
    Why.LATE: gettext_lazy("out of hours"),
}


@role_required(Role.MANAGER)
@require_GET
def reading(request: HttpRequest) -> HttpResponse:
    """The last seven days, or one; everybody, or one person."""
    asked = ReadingFilter(request.GET)
    person, day = asked.value("person"), asked.value("day")
    today = company_day(timezone.now())
    last = day or today
    first = day or today - timedelta(days=DAYS_SHOWN - 1)
    days = reading_days(first=first, last=last, person_id=person.pk if person else None)
    context = {
        "form": asked,
        "rows": [(each, [WORDS[why] for why in each.why], _entries_url(each.person.pk, each.on)) for each in days],
        "unusual": sum(1 for each in days if each.why),
        "is_narrowed": bool(person or day),
    }
    return render(request, "dashboard/reading.html", context)


def _entries_url(person_id: int, day: Any) -> str:
    return urlencode({"person": person_id, "day": day.isoformat()})


@role_required(Role.MANAGER)
@require_GET
def reading_entries(request: HttpRequest) -> HttpResponse:
    """What was read, line by line; an export can be found by the mark in its rows."""
    asked = ReadingFilter(request.GET)
    person = asked.value("person")
    before = request.GET.get("before", "")
    found = list(
        entries(
            person_id=person.pk if person else None,
            day=asked.value("day"),
            kind=asked.value("kind") or "",
            mark=asked.value("mark") or "",
            before=int(before) if before.isdecimal() and len(before) < 19 else None,
        )
    )
    shown = found[:ENTRIES_AT_ONCE]
    following = request.GET.copy()
    if len(found) > ENTRIES_AT_ONCE:
        following["before"] = str(shown[-1].pk)
    context = {
        "form": asked,
        "entries": [(entry, _told(entry)) for entry in shown],
        "following": following.urlencode() if len(found) > ENTRIES_AT_ONCE else "",
    }
    return render(request, "dashboard/reading_entries.html", context)


def _told(entry: AccessEntry) -> str:
    """The parts of an entry's detail that a person reads."""
    detail = entry.detail
    listing = LISTINGS.get(detail.get("what", ""))
    parts = [
        listing.label if listing else "",
        detail.get("reason", ""),
        _("with contacts") if detail.get("contacts") else "",
        _label(detail.get("channel", "")),
    ]
    return " · ".join(str(part) for part in parts if part)


def _label(channel: str) -> str:
    return str(ContactChannel(channel).label) if channel in ContactChannel.values else ""


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def reading_limits(request: HttpRequest) -> HttpResponse:
    """How much a person of each role may open and take out in a day."""
    form = LimitsForm(request.POST or None, limits=limits())
    if request.method == "POST" and form.is_valid():
        change_limits(limits=form.limits())
        messages.success(request, _("The limits are saved; they hold from now on."))
        return redirect("reading_limits")
    return render(request, "dashboard/reading_limits.html", {"form": form}, status=422 if form.is_bound else 200)
