"""Handing customers to a person: many at once by a manager, one from the pool by a farmer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.errors import Conflict
from core.roles import Role
from customers.models import Customer
from customers.models.customer import CustomerQuerySet
from dashboard.actions import take_from_pool
from dashboard.forms.owner import OwnerForm
from dashboard.queries.customer_filters import filtered
from dashboard.views.customer_list import asked_filters
from touches.actions import hand_over

SHOWN = 5


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def customer_assign(request: HttpRequest) -> HttpResponse:
    """Choose the owner and confirm the number (GET), then hand them over (POST).

    The customers are those ticked (`id`), or else the whole result of the filters. If their number
    has changed since it was confirmed, it is asked again.
    """
    given = request.POST if request.method == "POST" else request.GET
    filters = asked_filters(request, request.user)
    ticked = [int(pk) for pk in given.getlist("id") if pk.isdecimal() and len(pk) < 19]
    customers = _chosen(request, ticked)
    count = customers.count()
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and request.POST.get("count") == str(count):
        return _assign(request, customers, form)
    context = {
        "form": form,
        "count": count,
        "has_changed": form.is_bound and form.is_valid(),
        "some": customers.order_by("-pk")[:SHOWN],
        "parameters": filters.parameters(),
        "ticked": ticked,
        "back": f"{reverse('customer_list')}?{urlencode(filters.parameters())}",
    }
    return render(request, "dashboard/customer_assign.html", context, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest, ticked: list[int]) -> CustomerQuerySet:
    if ticked:
        return Customer.objects.for_user(request.user).filter(pk__in=ticked)
    return filtered(request.user, asked_filters(request, request.user))


def _assign(request: HttpRequest, customers: CustomerQuerySet, form: OwnerForm) -> HttpResponse:
    ids = list(customers.values_list("pk", flat=True))
    made = hand_over(customer_ids=ids, owner=form.chosen(), by=request.user, at=timezone.now())
    changed = made.data["customers"]
    text = ngettext("%(count)d customer changed hands.", "%(count)d customers changed hands.", changed)
    messages.success(request, text % {"count": changed})
    return redirect("handovers")


@role_required(Role.FARMER, Role.HUNTER, Role.MANAGER)
@require_POST
def customer_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a customer of the pool for oneself; refused if somebody was faster."""
    try:
        take_from_pool(customer_id=pk, by=request.user, at=timezone.now())
    except Conflict as error:
        messages.error(request, error.message)
        return redirect("customer_list")
    messages.success(request, _("The customer is yours now."))
    return redirect("customer_card", pk=pk)
