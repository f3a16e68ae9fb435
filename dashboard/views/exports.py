"""Taking a list out as a file: who, what for and how much is written down before the first row leaves."""

import tempfile
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from campaigns.views.flows import position_of
from core.access import role_required
from core.errors import DomainError, Forbidden, InvalidInput
from core.exports import MOST_SHEET_ROWS, csv_stream, style_of, write_xlsx
from core.models import User
from core.periods import company_day
from core.roles import Role
from core.visitors import visitor
from customers.actions.guard import record_export
from customers.models import AccessEntry
from customers.queries.guard import export_allowance
from dashboard.forms.customer_filters import CustomerFilterForm
from dashboard.forms.exports import ExportForm, PlacedForm
from dashboard.queries.exports import LISTINGS, ORDERS, Asked, Column, Listing, customers_in, rows_of
from nps.forms import AnswersFilter

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DELIVERY_FILTERS = ("state", "channel", "flow", "reason", "search")


@role_required(Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
@never_cache
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, what: str) -> HttpResponseBase:
    """The form (GET) and the file (POST) of a list; the filters stand in the address as on the list's own page."""
    listing = _listing(request, what)
    user = cast("User", request.user)
    if not user.may_export:
        raise Forbidden(_("Taking lists out is a right of its own: an administrator gives it on the page “People”."))
    placed = PlacedForm(request.GET)
    rows = listing.rows(user, _asked(request, placed))
    form = ExportForm(request.POST or None, listing=listing)
    customers = customers_in(listing, rows)
    if request.method == "POST" and form.is_valid():
        try:
            return _file(request, listing, rows, customers, form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    context = {
        "listing": listing,
        "form": form,
        "customers": customers,
        "left": export_allowance(user, timezone.now()),
        "placed": placed if listing is ORDERS else None,
    }
    return render(request, "dashboard/export.html", context, status=422 if form.is_bound else 200)


def _listing(request: HttpRequest, what: str) -> Listing:
    listing = LISTINGS.get(what)
    if listing is None:
        raise Http404
    if not cast("User", request.user).has_role(*listing.roles):
        raise PermissionDenied
    return listing


def _asked(request: HttpRequest, placed: PlacedForm) -> Asked:
    placed.is_valid()
    deliveries: dict[str, Any] = {name: request.GET.get(name, "") for name in DELIVERY_FILTERS}
    return Asked(
        filters=CustomerFilterForm(request.GET, user=request.user).filters(),
        deliveries=deliveries | {"position": position_of(request.GET.get("step", ""))},
        answers=AnswersFilter(request.GET).narrowing(company_day(timezone.now())),
        placed_from=placed.cleaned_data.get("placed_from"),
        placed_to=placed.cleaned_data.get("placed_to"),
    )


def _file(
    request: HttpRequest, listing: Listing, rows: QuerySet, customers: int, data: dict[str, Any]
) -> HttpResponseBase:
    if data["format"] == "xlsx" and rows.order_by().count() > MOST_SHEET_ROWS:
        raise InvalidInput(_("A sheet holds 1,048,575 rows at most. Take a CSV, or narrow the list."), field="format")
    seen_by, user = visitor(request), cast("User", request.user)
    columns = listing.chosen(data["columns"], contacts=data["contacts"])
    entry = record_export(
        by=user,
        what=listing.code,
        customers=customers,
        reason=data["reason"],
        detail={
            "format": data["format"],
            "contacts": data["contacts"],
            "columns": [column.key for column in columns],
            "filters": request.GET.urlencode()[:1000],
        },
        at=timezone.now(),
        ip=seen_by.ip,
        agent=seen_by.agent,
    )
    send = _sheet if data["format"] == "xlsx" else _text
    return send(entry, listing, columns, rows)


def _text(entry: AccessEntry, listing: Listing, columns: list[Column], rows: QuerySet) -> HttpResponseBase:
    lines = csv_stream(_header(columns), rows_of(rows, columns, entry.mark), style_of(get_language() or ""))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_name(entry, listing)}.csv"'
    return response


def _sheet(entry: AccessEntry, listing: Listing, columns: list[Column], rows: QuerySet) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(
        file,
        header=_header(columns),
        rows=rows_of(rows, columns, entry.mark),
        style=style_of(get_language() or ""),
        properties={"title": str(listing.label), "author": str(entry.by), "comments": entry.mark},
    )
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_name(entry, listing)}.xlsx", content_type=SHEET)


def _header(columns: list[Column]) -> list[str]:
    return [*(str(column.label) for column in columns), _("Mark")]


def _name(entry: AccessEntry, listing: Listing) -> str:
    return f"{listing.code}-{company_day(entry.at):%Y-%m-%d}-{entry.mark}"
