"""Settings: the reasons for leaving and the competitors that people choose from."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.forms import took
from core.roles import Role
from market import actions
from market.forms import CompetitorChangeForm, CompetitorForm, ReasonChangeForm, ReasonForm
from market.models import Competitor, LeavingReason
from market.queries import all_competitors, all_reasons


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def leaving_reasons(request: HttpRequest) -> HttpResponse:
    """The reasons in their order; POST adds one."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and took(form, lambda: actions.add_reason(**form.cleaned_data)):
        messages.success(request, _("The reason can be chosen now."))
        return redirect("leaving_reasons")
    return _reasons(request, form, None, None)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def leaving_reason(request: HttpRequest, pk: int) -> HttpResponse:
    """Word a reason anew, take it out of use or put it back."""
    reason = get_object_or_404(LeavingReason, pk=pk)
    form = ReasonChangeForm(request.POST or None, reason=reason)
    if request.method == "POST" and took(form, lambda: actions.change_reason(reason_id=pk, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("leaving_reasons")
    return _reasons(request, ReasonForm(), form, pk)


@role_required(Role.MANAGER)
@require_POST
def leaving_reason_move(request: HttpRequest, pk: int) -> HttpResponse:
    """One place up (`up`), or down."""
    get_object_or_404(LeavingReason, pk=pk)
    actions.move_reason(reason_id=pk, up="up" in request.POST)
    return redirect("leaving_reasons")


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def competitors(request: HttpRequest) -> HttpResponse:
    """The competitors; POST adds one."""
    form = CompetitorForm(request.POST or None)
    if request.method == "POST" and took(form, lambda: actions.add_competitor(**form.cleaned_data)):
        messages.success(request, _("The competitor can be chosen now."))
        return redirect("competitors")
    return _competitors(request, form, None, None)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def competitor(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is known of a competitor, take it out of use or put it back."""
    found = get_object_or_404(Competitor, pk=pk)
    form = CompetitorChangeForm(request.POST or None, competitor=found)
    if request.method == "POST" and took(
        form, lambda: actions.change_competitor(competitor_id=pk, **form.cleaned_data)
    ):
        messages.success(request, _("Saved."))
        return redirect("competitors")
    return _competitors(request, CompetitorForm(), form, pk)


def _reasons(request: HttpRequest, form: forms.Form, change_form: forms.Form | None, pk: int | None) -> HttpResponse:
    context = {"rows": all_reasons(), "form": form, "change_form": change_form, "changing": pk}
    return render(request, "market/reasons.html", context, status=_status(form, change_form))


def _competitors(
    request: HttpRequest, form: forms.Form, change_form: forms.Form | None, pk: int | None
) -> HttpResponse:
    context = {"rows": all_competitors(), "form": form, "change_form": change_form, "changing": pk}
    return render(request, "market/competitors.html", context, status=_status(form, change_form))


def _status(*given: forms.Form | None) -> int:
    return 422 if any(form is not None and form.is_bound for form in given) else 200
