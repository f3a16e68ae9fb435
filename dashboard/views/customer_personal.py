"""Handing a person's data out to them, and erasing it on their wish."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.roles import Role
from core.visitors import visitor
from customers.actions.erasure import erase_person
from customers.actions.guard import record_access
from customers.models import AccessKind, Customer
from dashboard.forms.customer_parts import EraseForm
from dashboard.personal_file import personal_file
from dashboard.views.customer_parts import done, own_customer


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def customer_personal(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be handed out, and what an erasure takes; POST with the name typed erases."""
    customer = own_customer(request, pk)
    form = EraseForm(request.POST or None, word=_word(customer))
    if request.method == "POST" and done(
        form, lambda: erase_person(customer_id=pk, by=request.user, at=timezone.now())
    ):
        messages.success(request, _("The personal data is erased. Orders and money stay."))
        return redirect("customer_card", pk=pk)
    context = {"customer": customer, "form": form, "word": _word(customer)}
    return render(request, "dashboard/customer_personal.html", context, status=422 if form.is_bound else 200)


def _word(customer: Customer) -> str:
    """What is typed to confirm: the name, or the number of a card without one."""
    return customer.name or str(customer.pk)


@role_required(Role.MANAGER)
@require_POST
def customer_personal_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything known of the person as a ZIP with a page to read and JSON; it is written down who took it."""
    customer = own_customer(request, pk)
    now = timezone.now()
    came = visitor(request)
    record_access(
        by=request.user, kind=AccessKind.PERSON, at=now, customer_id=pk, ip=came.ip, agent=came.agent, detail={}
    )
    response = HttpResponse(personal_file(customer, now), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="customer-{pk}-{now:%Y-%m-%d}.zip"'
    return response
