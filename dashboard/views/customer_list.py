"""The list of customers: who is in the base, and whom to look at first."""

from dataclasses import replace
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import role_required
from core.actions import forget_view, save_view
from core.models import User
from core.roles import Role
from customers.queries.labels import fields_in_use
from dashboard.customer_columns import USUAL, all_columns, cells, shown
from dashboard.forms.customer_filters import CustomerFilterForm
from dashboard.queries.customer_filters import Filters
from dashboard.queries.customer_list import DEFAULT_SORT, SORTS, as_row, customer_page
from dashboard.queries.suggestions import suggested
from segmentation.audiences.words import told

PEOPLE = (Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
PAGE = "customer_list"
COLUMNS_KEY = "customer_columns"


@role_required(*PEOPLE)
@require_GET
@vary_on_headers("HX-Request")
def customer_list(request: HttpRequest) -> HttpResponse:
    """The filters in the address, sorted; with htmx only the results, and the address made tidy."""
    form = CustomerFilterForm(request.GET, user=request.user)
    filters = form.filters()
    sort = _sort(request.GET.get("sort", ""))
    page = customer_page(user=request.user, filters=filters, sort=sort, number=_number(request))
    known = all_columns(form.own_fields())
    columns = shown(request.session.get(COLUMNS_KEY, USUAL), known)
    query = urlencode(filters.parameters() + ([("sort", sort)] if sort != DEFAULT_SORT else []))
    context = {
        "form": form,
        "filters": filters,
        "sort": sort,
        "page": page,
        "rows": [(row, cells(columns, row)) for row in map(as_row, page.rows)],
        "query": query,
        "columns": columns,
        "column_keys": {column.key for column in columns},
        "all_columns": known,
        "saved_views": request.user.saved_views.filter(page=PAGE),
        "may_tag": request.user.has_role(Role.FARMER, Role.HUNTER, Role.MANAGER),
        "may_assign": request.user.has_role(Role.MANAGER),
        "told": _told(filters, request.user),
    }
    if not request.htmx or request.htmx.history_restore_request:
        return render(request, "dashboard/customer_list.html", context)
    response = render(request, "dashboard/_customer_results.html", context)
    response["HX-Push-Url"] = f"{request.path}?{query}" if query else request.path
    return response


def _told(filters: Filters, user: User) -> list[tuple[str, str, str, str]]:
    """What came with the address and has no field on the page: name and value of the parameter, words, and the rest."""
    found = []
    values = dict(filters.parameters())
    if filters.where is not None:
        rest = urlencode(replace(filters, where=None).parameters())
        found.append(("where", values["where"], told(filters.where, user), rest))
    if filters.audience is not None:
        rest = urlencode(replace(filters, audience=None).parameters())
        words = f"{gettext('Audience')}: {filters.audience.name}"
        found.append(("audience", values["audience"], words, rest))
    return found


def _sort(asked: str) -> str:
    return asked if asked.removeprefix("-") in SORTS else DEFAULT_SORT


def _number(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return int(asked) if asked.isdecimal() and len(asked) < 9 else 1


@role_required(*PEOPLE)
@require_GET
def customer_suggestions(request: HttpRequest) -> HttpResponse:
    """Fragment: a few customers for what was typed into the search box."""
    text = request.GET.get("q", "")[:100]
    context = {"rows": suggested(request.user, text), "q": text}
    return render(request, "dashboard/_suggestions.html", context)


@role_required(*PEOPLE)
@require_POST
def customer_columns(request: HttpRequest) -> HttpResponse:
    """Choose the columns of the list."""
    known = {column.key for column in all_columns(fields_in_use())}
    request.session[COLUMNS_KEY] = [key for key in request.POST.getlist("column") if key in known]
    return _back_to_list(request.POST.get("query", ""))


@role_required(*PEOPLE)
@require_POST
def customer_view_save(request: HttpRequest) -> HttpResponse:
    """Keep the filters and the sorting under a name."""
    query = request.POST.get("query", "")[:2000]
    name = request.POST.get("name", "").strip()[:60]
    if name:
        save_view(user=request.user, page=PAGE, name=name, query=query)
    return _back_to_list(query)


@role_required(*PEOPLE)
@require_POST
def customer_view_forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a saved view of one's own."""
    forget_view(user=request.user, view_id=pk)
    return _back_to_list(request.POST.get("query", ""))


def _back_to_list(query: str) -> HttpResponse:
    url = reverse(PAGE)
    return HttpResponseRedirect(f"{url}?{query}" if query else url)


def asked_filters(request: HttpRequest, user: User) -> Filters:
    """The filters of an address or of a form that carries them."""
    return CustomerFilterForm(request.POST if request.method == "POST" else request.GET, user=user).filters()
