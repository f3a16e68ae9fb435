"""How often customers are touched, and how much the machine may write to them."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.access import role_required
from core.roles import Role
from touches import actions, queries
from touches.forms import CadenceForm, PressureForm


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def cadence(request: HttpRequest) -> HttpResponse:
    """Two forms on one page; each saves by itself."""
    saves = request.POST.get("saves")
    cadence_form = CadenceForm(request.POST if saves == "cadence" else None, initial=_cadence_in_force())
    pressure_form = PressureForm(request.POST if saves == "pressure" else None, initial=_limits_in_force())
    if saves == "cadence" and cadence_form.is_valid():
        actions.set_cadence(cadence=cadence_form.cadence())
        messages.success(request, _("The cadence is saved; the worklists follow it at once."))
        return redirect("cadence")
    if saves == "pressure" and pressure_form.is_valid():
        actions.set_pressure(limits=pressure_form.limits())
        messages.success(request, _("The limits are saved; the next message is checked against them."))
        return redirect("cadence")
    context = {"cadence_form": cadence_form, "pressure_form": pressure_form}
    return render(request, "touches/cadence.html", context, status=422 if saves else 200)


def _cadence_in_force() -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for grade, regularity in queries.cadence_of().items():
        initial[f"days_{grade}"] = regularity.days_between
        initial[f"channel_{grade}"] = regularity.channel
    return initial


def _limits_in_force() -> dict[str, int]:
    initial = {}
    for line, limit in enumerate(queries.limits()):
        initial[f"messages_{line}"], initial[f"days_{line}"] = limit.messages, limit.days
    return initial
