"""X over the grade, set from the customer's card."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.access import role_required
from core.roles import Role
from customers.models import Customer
from segmentation import actions
from segmentation.forms import XMarkForm


@role_required(Role.FARMER, Role.HUNTER, Role.MANAGER)
@require_POST
def x_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the mark, change it, or (with `clear`) take it away; back to the card."""
    customer = get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    if "clear" in request.POST:
        if actions.clear_x_mark(customer_id=customer.pk):
            messages.success(request, _("The X is taken away."))
        return redirect("customer_card", customer.pk)
    form = XMarkForm(request.POST)
    if form.is_valid():
        actions.set_x_mark(customer_id=customer.pk, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The customer is marked with an X."))
    else:
        for name, errors in form.errors.items():
            messages.error(request, f"{form.fields[name].label}: {' '.join(errors)}")
    return redirect("customer_card", customer.pk)
