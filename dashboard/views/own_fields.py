"""Settings: the fields that the company adds to its customers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.roles import Role
from customers.actions.own_fields import add_field, change_field, move_field
from customers.models import CustomField
from dashboard.forms.own_field import OwnFieldChangeForm, OwnFieldForm
from dashboard.views.customer_parts import done


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def own_fields(request: HttpRequest) -> HttpResponse:
    """The fields in their order, those out of use last; POST adds one."""
    form = OwnFieldForm(request.POST or None)
    if request.method == "POST" and done(form, lambda: _add(form)):
        messages.success(request, _("The field is on every card now."))
        return redirect("own_fields")
    return _page(request, form=form)


def _add(form: OwnFieldForm) -> None:
    data = form.cleaned_data
    add_field(name=data["name"], kind=data["kind"], code=data["code"], choices=form.lines())


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def own_field(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a field, change its choices, take it out of use or put it back."""
    field = get_object_or_404(CustomField, pk=pk)
    form = OwnFieldChangeForm(request.POST or None, field=field)
    if request.method == "POST" and done(form, lambda: _change(pk, form)):
        messages.success(request, _("Saved."))
        return redirect("own_fields")
    return _page(request, change_form=form, changing=pk)


def _change(pk: int, form: OwnFieldChangeForm) -> None:
    data = form.cleaned_data
    change_field(field_id=pk, name=data["name"], is_active=data["is_active"], choices=form.lines())


@role_required(Role.MANAGER)
@require_POST
def own_field_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up (`up`), or down."""
    move_field(field_id=pk, up="up" in request.POST)
    return redirect("own_fields")


def _page(
    request: HttpRequest,
    *,
    form: OwnFieldForm | None = None,
    change_form: OwnFieldChangeForm | None = None,
    changing: int | None = None,
) -> HttpResponse:
    fields = list(CustomField.objects.order_by("-is_active", "position", "pk"))
    context = {
        "fields": fields,
        "form": form or OwnFieldForm(),
        "change_form": change_form,
        "changing": changing,
    }
    refused = any(given is not None and given.is_bound for given in (form, change_form))
    return render(request, "dashboard/own_fields.html", context, status=422 if refused else 200)
