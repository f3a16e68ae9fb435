"""A channel's month by days and campaigns, and what keeping customers cost."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from acquisition.actions import clear_spend, set_retention_spend, set_spend
from acquisition.forms import MonthForm, PartForm, RetentionForm
from acquisition.models import Channel, RetentionKind, Spend
from acquisition.queries import month_grid, parts_of
from acquisition.views.access import marketing
from core.forms import took
from core.periods import add_months, company_day, month_start


@marketing
@require_http_methods(["GET", "POST"])
def channel_spend(request: HttpRequest, pk: int) -> HttpResponse:
    """The amounts of days and campaigns of one month; a new one takes the place of the same before."""
    channel = get_object_or_404(Channel, pk=pk)
    month = _month(request)
    form = PartForm(request.POST or None, channel=channel, month=month)
    if request.method == "POST" and took(form, lambda: set_spend(channel=channel, month=month, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect(_address(channel, month))
    row = next(row for row in month_grid(month).rows if row.channel == channel)
    context = {
        "channel": channel,
        "month": month,
        "previous": add_months(month, -1),
        "next": add_months(month, 1) if month < month_start(company_day(timezone.now())) else None,
        "row": row,
        "parts": parts_of(channel, month),
        "form": form,
    }
    return render(request, "acquisition/channel_spend.html", context)


@marketing
@require_POST
def spend_part_clear(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one amount of a day or campaign out."""
    part = get_object_or_404(Spend.objects.select_related("channel", "campaign"), pk=pk)
    clear_spend(channel=part.channel, month=part.month, kind=part.kind, campaign=part.campaign, day=part.day)
    messages.success(request, _("The amount is taken out."))
    return redirect(_address(part.channel, part.month))


@marketing
@require_POST
def retention_save(request: HttpRequest) -> HttpResponse:
    """Keep what looking after the present customers cost in a month."""
    form = RetentionForm(request.POST)
    form.is_valid()
    month = form.cleaned_data.get("month")
    if month is None:
        return HttpResponse(status=400)
    if form.errors:
        label, told = next((form.fields[name].label, told[0]) for name, told in form.errors.items())
        messages.error(request, f"{label}: {told}")
    else:
        for kind in RetentionKind.values:
            set_retention_spend(month=month, kind=kind, amount=form.cleaned_data[kind])
        messages.success(request, _("Saved."))
    return redirect(f"{reverse('spend')}?{urlencode({'month': month.strftime('%Y-%m')})}#retention")


def _month(request: HttpRequest) -> date:
    asked = MonthForm(request.GET)
    return asked.cleaned_data["month"] if asked.is_valid() else month_start(company_day(timezone.now()))


def _address(channel: Channel, month: date) -> str:
    return f"{reverse('channel_spend', args=[channel.pk])}?{urlencode({'month': month.strftime('%Y-%m')})}"
