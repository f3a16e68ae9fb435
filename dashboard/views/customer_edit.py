"""Writing customers down and keeping their details, contacts and consents right."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.errors import DomainError
from core.roles import Role
from customers.actions import record_consent
from customers.actions.editing import add_contact, change_customer
from customers.models import Customer
from dashboard.actions import create_customer
from dashboard.forms.customer import ConsentForm, ContactForm, DetailsForm, NewCustomerForm

WORKS_WITH_CUSTOMERS = (Role.FARMER, Role.HUNTER, Role.MANAGER)


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
        details={name: data[name] for name in DetailsForm.base_fields},
        contacts=form.contacts(),
        consents=data["consents"],
        consent_source=data["consent_source"],
        by=request.user,
        at=timezone.now(),
    )


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, kind, city, language and time zone; below them the forms of contacts and consents."""
    customer = _own(request, pk)
    form = DetailsForm(request.POST or None, initial=DetailsForm.of(customer))
    if request.method == "POST" and form.is_valid():
        change_customer(customer_id=pk, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("customer_card", pk=pk)
    return _edit_page(request, customer, form=form)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """One more address of the customer."""
    customer = _own(request, pk)
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            add_contact(customer_id=pk, at=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("The contact is added."))
            return redirect("customer_card", pk=pk)
    return _edit_page(request, customer, contact_form=form)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_consent(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what the customer said about marketing; said again, it is one fact more."""
    customer = _own(request, pk)
    form = ConsentForm(request.POST)
    if form.is_valid():
        record_consent(customer_id=pk, at=timezone.now(), proof=_proof(request), **form.cleaned_data)
        messages.success(request, _("The consent is recorded."))
        return redirect("customer_card", pk=pk)
    return _edit_page(request, customer, consent_form=form)


def _proof(request: HttpRequest) -> str:
    return _("Written down by %(person)s") % {"person": request.user}


def _own(request: HttpRequest, pk: int) -> Customer:
    return get_object_or_404(Customer.objects.for_user(request.user).select_related("x_mark"), pk=pk)


def _edit_page(request: HttpRequest, customer: Customer, **forms: object) -> HttpResponse:
    context = {
        "customer": customer,
        "mark": getattr(customer, "x_mark", None),
        "form": DetailsForm(initial=DetailsForm.of(customer)),
        "contact_form": ContactForm(),
        "consent_form": ConsentForm(),
    } | forms
    refused = any(form.is_bound for form in forms.values())
    return render(request, "dashboard/customer_edit.html", context, status=422 if refused else 200)
