"""What was promised to customers: due, overdue, kept."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import role_required
from core.periods import company_day
from core.redirects import redirect_back
from core.roles import Role
from customers.actions.obligations import close_obligation, make_obligation, move_obligation, reopen_obligation
from customers.forms.promises import DueForm, PromiseFilter, PromiseForm
from customers.models import Customer, Obligation
from customers.queries import by_person, customers_of, promises_of, promises_to, punctuality
from customers.queries.promises import Punctuality

EVERYBODY = (Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
WORKS_WITH_CUSTOMERS = (Role.FARMER, Role.HUNTER, Role.MANAGER)
PAGE = 50
WEEK = timedelta(days=7)


@role_required(*EVERYBODY)
@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    """Open promises by due day: own ones for a farmer, everybody's for a manager; how many are kept in time."""
    today = company_day(timezone.now())
    person = _person(request)
    found = promises_of(request.user, person=person and person.pk)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    months = punctuality(request.user, today, person=person and person.pk)
    context = {
        "page": page,
        "today": today,
        "person": person,
        "people": by_person(today) if request.user.sees_whole_base else [],
        "overdue": found.overdue(today).count(),
        "this_week": found.filter(due_on__gte=today, due_on__lt=today + WEEK).count(),
        "months": months,
        "chart": _chart(months),
        "may_edit": request.user.has_role(*WORKS_WITH_CUSTOMERS),
    }
    return render(request, "customers/promises.html", context)


@role_required(*EVERYBODY)
@require_http_methods(["GET", "POST"])
def customer_promises(request: HttpRequest, pk: int) -> HttpResponse:
    """The promises to one customer, and the form for one more."""
    customer = get_object_or_404(customers_of(request.user), pk=pk)
    may_edit = request.user.has_role(*WORKS_WITH_CUSTOMERS)
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = PromiseForm(request.POST or None, customer=customer)
    if request.method == "POST" and form.is_valid():
        _make(request, customer, form)
        return redirect("customer_promises", pk=pk)
    context = {
        "customer": customer,
        "form": form,
        "promises": promises_to(customer),
        "today": company_day(timezone.now()),
        "may_edit": may_edit,
    }
    return render(request, "customers/customer_promises.html", context, status=422 if form.is_bound else 200)


def _make(request: HttpRequest, customer: Customer, form: PromiseForm) -> None:
    told = form.cleaned_data
    make_obligation(
        customer_id=customer.pk,
        kind=told["kind"],
        what=told["what"],
        due_on=told["due_on"],
        order_id=told["order"] and told["order"].pk,
        owner=told["owner"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The promise is written down. Should it become overdue, it becomes work."))


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def promise_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Kept, broken or no longer needed, today."""
    promise = _promise(request, pk)
    now = timezone.now()
    close_obligation(obligation_id=promise.pk, outcome=request.POST.get("outcome", ""), on=company_day(now), at=now)
    return _answer(request, promise)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def promise_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Closed by mistake."""
    promise = _promise(request, pk)
    reopen_obligation(obligation_id=promise.pk)
    return _answer(request, promise)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def promise_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Agreed with the customer on another day."""
    promise = _promise(request, pk)
    form = DueForm(request.POST)
    if form.is_valid():
        move_obligation(obligation_id=promise.pk, due_on=form.cleaned_data["due_on"])
    return _answer(request, promise)


def _promise(request: HttpRequest, pk: int) -> Obligation:
    return get_object_or_404(Obligation.objects.for_user(request.user), pk=pk)


def _answer(request: HttpRequest, promise: Obligation) -> HttpResponse:
    if not request.htmx:
        return redirect_back(request, request.headers.get("Referer", ""), reverse("promises"))
    changed = Obligation.objects.select_related("customer__owner", "order", "owner").get(pk=promise.pk)
    context = {"promise": changed, "today": company_day(timezone.now()), "may_edit": True}
    return render(request, "customers/_promise.html", context)


def _person(request: HttpRequest) -> Any:
    if request.user.sees_whole_base:
        return PromiseFilter(request.GET).chosen()
    return request.user


def _chart(months: list[Punctuality]) -> dict[str, Any]:
    """Shares in time by month; months without promises are gaps."""
    shares = [None if row.share is None else round(row.share * 100) for row in months]
    return {
        "xAxis": {"type": "category", "data": [f"{row.month:%m.%Y}" for row in months]},
        "yAxis": {"type": "value", "min": 0, "max": 100},
        "grid": {"left": 8, "right": 12, "top": 12, "bottom": 8, "containLabel": True},
        "series": [{"type": "bar", "name": _("Kept in time, %"), "data": shares}],
    }
