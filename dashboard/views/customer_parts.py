"""What stands beside the card, changed in place: each part is a fragment that shows itself or its form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import role_required
from core.errors import DomainError
from core.roles import Role
from customers.actions.editing import change_custom, change_customer
from customers.actions.labels import add_tag, remove_tag
from customers.models import Customer
from customers.queries.labels import tags_like
from dashboard.forms.customer import DetailsForm
from dashboard.forms.customer_parts import OwnFieldsForm, TagForm
from dashboard.queries.customer_side import Side, customer_side

READERS = (Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER)
WORKS_WITH_CUSTOMERS = (Role.FARMER, Role.HUNTER, Role.MANAGER)


def part(request: HttpRequest, template: str, side: Side, **context: Any) -> HttpResponse:
    """The fragment; 422 with a form that was refused."""
    form = context.get("form")
    refused = form is not None and form.is_bound
    known = {
        "side": side,
        "customer": side.customer,
        "may_edit": request.user.has_role(*WORKS_WITH_CUSTOMERS) and side.customer.erased_at is None,
    }
    return render(request, f"dashboard/{template}", known | context, status=422 if refused else 200)


def done(form: forms.Form, action: Callable[[], object]) -> bool:
    """Whether the form is right and the action took it; a refusal of the action stands in the form."""
    if not form.is_valid():
        return False
    try:
        action()
    except DomainError as error:
        name = (error.field or "").removeprefix("custom.")
        form.add_error(name if name in form.fields else None, error.message)
    return not form.errors


def own_customer(request: HttpRequest, pk: int) -> Customer:
    """The customer in the address; Http404 for a foreign one."""
    return get_object_or_404(Customer.objects.for_user(request.user), pk=pk)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_about(request: HttpRequest, pk: int) -> HttpResponse:
    """Who the customer is; `edit` opens the form."""
    customer = own_customer(request, pk)
    form = DetailsForm(request.POST or None, initial=DetailsForm.of(customer))
    if request.method == "POST" and done(
        form, lambda: change_customer(customer_id=pk, at=timezone.now(), **form.cleaned_data)
    ):
        return part(request, "_about.html", customer_side(user=request.user, pk=pk), is_saved=True)
    editing = request.method == "POST" or "edit" in request.GET
    side = customer_side(user=request.user, pk=pk)
    return part(request, "_about.html", side, form=form if editing else None)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_own_fields(request: HttpRequest, pk: int) -> HttpResponse:
    """The company's own fields; `edit` opens the form."""
    side = customer_side(user=request.user, pk=pk)
    form = OwnFieldsForm(request.POST or None, own_fields=side.fields)
    if request.method == "POST":
        if done(form, lambda: change_custom(customer_id=pk, told=form.told(), at=timezone.now())):
            return part(request, "_own_fields.html", customer_side(user=request.user, pk=pk))
        return part(request, "_own_fields.html", side, form=form)
    return part(request, "_own_fields.html", side, form=form if "edit" in request.GET else None)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_tag_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a tag on the customer."""
    own_customer(request, pk)
    form = TagForm(request.POST)
    is_done = done(
        form,
        lambda: add_tag(customer_id=pk, name=form.cleaned_data["tag"], by=request.user, at=timezone.now()),
    )
    side = customer_side(user=request.user, pk=pk)
    return part(request, "_tags.html", side, is_adding=True, form=None if is_done else form)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_tag_remove(request: HttpRequest, pk: int, tag_id: int) -> HttpResponse:
    """Take a tag off the customer."""
    own_customer(request, pk)
    remove_tag(customer_id=pk, tag_id=tag_id, at=timezone.now())
    return part(request, "_tags.html", customer_side(user=request.user, pk=pk))


@role_required(*READERS)
@require_GET
def tag_suggestions(request: HttpRequest) -> HttpResponse:
    """Fragment: names of tags that hold the text, as options."""
    return render(request, "dashboard/_tag_options.html", {"tags": tags_like(request.GET.get("tag", ""))})
