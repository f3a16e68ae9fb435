"""What was paid for and lost."""

from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from acquisition.models import Channel, InquiryStanding
from acquisition.queries.desk import NOT_SPAM
from acquisition.rules.leaks import State
from core.access import role_required
from core.models import User
from core.periods import add_months, company_day
from core.roles import Role
from dashboard.figures.filters import POOL, FigureFilterForm, FigureFilters
from dashboard.figures.kept import kept
from dashboard.figures.tables import table_file
from dashboard.leak_tables import Names, hours_of, leak_tables, trend_chart
from dashboard.queries.leaks import NOT_ASKED, LeakReport, leak_report
from dashboard.queries.leaks_now import saveable

TREND_MONTHS = 12
# Today's inquiries come all the time; what is shown is at most so old.
KEPT_MINUTES = 5


@role_required(Role.MARKETER, Role.MANAGER)
@require_GET
def leaks(request: HttpRequest) -> HttpResponseBase:
    """Lost this month in margin and in spend, by class, person, hour, channel and line; what can still be saved."""
    now = timezone.now()
    today = company_day(now)
    form = FigureFilterForm(request.GET, uses=("period", "owner", "channel"))
    filters = form.filters(today=today, months=1)
    report = _kept_report(filters, today, now)
    # Marketers have no page of inquiries.
    links = LeakLinks(filters, is_open=request.user.has_role(Role.MANAGER))
    names = Names(dict(Channel.objects.values_list("pk", "name")), _people(report), _codes())
    tables = leak_tables(report, names, links.where)
    if file := table_file(request, tables.values()):
        return file
    has_ever = bool(report.inquiries) or InquiryStanding.objects.exists()
    count, margin, rows = (
        saveable(request.user, today=today, now=now, worths=report.worths, part=_part(filters))
        if has_ever
        else (0, Decimal(0), [])
    )
    context = {
        "form": form,
        "filters": filters,
        "report": report,
        "lost": report.lost,
        "recovered": report.of(State.RECOVERED),
        "recovered_url": links.where(state="recovered"),
        "lost_url": links.where(state="leak"),
        "tables": tables,
        "hours": hours_of(report, links.where),
        "chart": trend_chart(report, filters.last),
        "saveable": rows,
        "saveable_count": count,
        "saveable_margin": margin,
        "may_take": request.user.has_role(Role.MANAGER),
        "is_worth_known": any(worth.expected for worth in report.worths.values()) or bool(report.lost.margin or margin),
        "has_any": bool(report.inquiries),
        "has_ever": has_ever,
        "without_spend": bool(report.inquiries) and not report.costs,
    }
    return render(request, "dashboard/leaks.html", context)


class LeakLinks:
    """Addresses of the inquiries behind a figure, within the filters of the page."""

    def __init__(self, filters: FigureFilters, *, is_open: bool) -> None:
        self.filters, self.is_open = filters, is_open

    def where(self, **more: str) -> str:
        """The list of inquiries of the period with `more` filters; nothing for who may not open it."""
        if not self.is_open:
            return ""
        month: date | None = None
        if told := more.pop("month", ""):
            month = date.fromisoformat(told)
        first = month or self.filters.first
        last_day = date.fromordinal(add_months(month or self.filters.last, 1).toordinal() - 1)
        # Spam counts nowhere; a class asked for takes its place.
        asked = {"first": first.isoformat(), "last": last_day.isoformat(), "state": NOT_SPAM}
        if self.filters.channel:
            asked["channel"] = self.filters.channel
        if self.filters.owner:
            asked["person"] = "nobody" if self.filters.owner == POOL else self.filters.owner
        return f"{reverse('inquiries')}?{urlencode(asked | more)}"


def _part(filters: FigureFilters) -> Q:
    """The channel and the person asked for; what can still be saved is of these days, whatever the period."""
    part = Q(channel__code=filters.channel) if filters.channel else Q()
    if filters.owner:
        part &= Q(standing__person=None if filters.owner == POOL else int(filters.owner))
    return part


def _kept_report(filters: FigureFilters, today: date, now: datetime) -> LeakReport:
    moment = f"{now:%Y%m%d%H}{now.minute // KEPT_MINUTES}"
    return kept(f"leaks:{moment}:{filters.key}", lambda: _report(filters, today))


def _report(filters: FigureFilters, today: date) -> LeakReport:
    channel = Channel.objects.filter(code=filters.channel).values_list("pk", flat=True).first()
    person = 0 if filters.owner == POOL else int(filters.owner or NOT_ASKED)
    return leak_report(
        first=filters.first,
        last=filters.last,
        trend_first=min(filters.first, add_months(filters.last, 1 - TREND_MONTHS)),
        channel=channel if filters.channel and channel is not None else NOT_ASKED,
        person=person,
        today=today,
    )


def _people(report: LeakReport) -> dict[int, str]:
    ids = {group.person for group in report.groups if group.person is not None}
    return {person.pk: str(person) for person in User.objects.filter(pk__in=ids)}


def _codes() -> dict[int, str]:
    return dict(Channel.objects.values_list("pk", "code"))
