"""What was paid for each channel: a month at a time, edited in place."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from acquisition.actions import clear_spend, copy_spend, set_spend
from acquisition.forms import CellForm, ChannelForm, MonthForm
from acquisition.models import SpendKind
from acquisition.queries import month_grid, retention_cells, unknown_codes, won_without_code
from acquisition.views.access import marketing
from core.periods import add_months, company_day, month_start


@marketing
@require_GET
def spend(request: HttpRequest) -> HttpResponse:
    """The month's grid: a row per channel, a column per kind of spend."""
    this_month = month_start(company_day(timezone.now()))
    month = _month(request, this_month)
    grid = month_grid(month)
    return render(
        request,
        "acquisition/spend.html",
        {
            "grid": grid,
            "kinds": SpendKind.choices,
            "columns": list(zip(SpendKind.values, grid.totals, strict=False)),
            "previous": add_months(month, -1),
            "next": add_months(month, 1) if month < this_month else None,
            "months": [add_months(this_month, -back) for back in range(36)],
            "unknown": unknown_codes(),
            "without_code": won_without_code(),
            "channel_form": ChannelForm(),
            "retention": retention_cells(month),
        },
    )


@marketing
@require_POST
def spend_cell(request: HttpRequest) -> HttpResponse:
    """Keep one amount (an empty one is taken out) and answer with the cell and the sums it changes."""
    form = CellForm(request.POST)
    form.is_valid()
    if {"channel", "month", "kind"} & form.errors.keys():
        return HttpResponse(status=400)
    asked = form.cleaned_data
    cell = {name: asked[name] for name in ("channel", "month", "kind")}
    error = next(iter(form.errors.get("amount", [])), "")
    if not error:
        _keep(cell, asked["amount"])
    grid = month_grid(cell["month"])
    row = next(row for row in grid.rows if row.channel == cell["channel"])
    return render(
        request,
        "acquisition/_spend_cell.html",
        {
            "grid": grid,
            "row": row,
            "cell": next(found for found in row.cells if found.kind == cell["kind"]),
            "columns": list(zip(SpendKind.values, grid.totals, strict=True)),
            "error": error,
            "typed": request.POST.get("amount", "") if error else "",
            "saved": not error,
            "with_sums": True,
        },
    )


@marketing
@require_POST
def spend_copy(request: HttpRequest) -> HttpResponse:
    """Fill the empty cells of a month from the month before."""
    form = MonthForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    month = form.cleaned_data["month"]
    copied = copy_spend(source=add_months(month, -1), target=month)
    if copied:
        text = ngettext("%(count)s amount was copied.", "%(count)s amounts were copied.", copied)
        messages.success(request, text % {"count": copied})
    else:
        messages.info(request, _("There was nothing to copy: every amount of the month before is entered here too."))
    return redirect(f"{reverse('spend')}?{urlencode({'month': month.strftime('%Y-%m')})}")


def _month(request: HttpRequest, default: date) -> date:
    form = MonthForm(request.GET)
    return form.cleaned_data["month"] if form.is_valid() else default


def _keep(cell: dict, amount: object) -> None:
    if amount is None:
        clear_spend(**cell)
    else:
        set_spend(**cell, amount=amount)
