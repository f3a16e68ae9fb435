"""Writing customers down, and their details on a page of their own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import role_required
from core.errors import DomainError
from customers.actions.editing import change_customer
from customers.models import Customer
from dashboard.actions import create_customer
from dashboard.forms.customer import BasicsForm, DetailsForm, NewCustomerForm
from dashboard.views.customer_parts import WORKS_WITH_CUSTOMERS, done
from segmentation.queries.needs import need_lines, need_rows


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_new(request: HttpRequest) -> HttpResponse:
    """Write down a customer; a farmer's own at once."""
    form = NewCustomerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pk = _create(request, form)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("The customer is written down."))
            return redirect("customer_card", pk=pk)
    return render(request, "dashboard/customer_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _create(request: HttpRequest, form: NewCustomerForm) -> int:
    data = form.cleaned_data
    return create_customer(
        details={name: data[name] for name in BasicsForm.base_fields},
        contacts=form.contacts(),
        consents=data["consents"],
        consent_source=data["consent_source"],
        by=request.user,
        at=timezone.now(),
    )


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The details on a page of their own, and the mark X."""
    seen = Customer.objects.for_user(request.user).select_related("x_mark").annotate(need_rows=need_rows())
    customer = get_object_or_404(seen, pk=pk)
    form = DetailsForm(request.POST or None, initial=DetailsForm.of(customer))
    if request.method == "POST" and done(
        form, lambda: change_customer(customer_id=pk, at=timezone.now(), **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("customer_card", pk=pk)
    context = {
        "customer": customer,
        "mark": getattr(customer, "x_mark", None),
        "needs": need_lines(customer.need_rows),
        "form": form,
    }
    return render(request, "dashboard/customer_edit.html", context, status=422 if form.is_bound else 200)
