"""Flows: what they do to orders, who is where, and their settings."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import change_flow, install_win_back, set_active
from campaigns.forms import FlowSettingsForm
from campaigns.models import Flow
from campaigns.queries.flow_effect import flow_effect
from campaigns.queries.flows import flow_rows, funnel, passages
from campaigns.views.pictures import interval_picture
from campaigns.views.previews import step_previews
from core.access import role_required
from core.errors import InvalidInput
from core.periods import company_day
from core.roles import Role

PER_PAGE = 50
MARKETERS = (Role.MARKETER, Role.MANAGER)


@role_required(*MARKETERS)
@require_GET
def flow_list(request: HttpRequest) -> HttpResponse:
    """Every flow with its answer: how much more often its customers order than the holdout."""
    today = company_day(timezone.now())
    rows = [(flow, flow_effect(flow, today)) for flow in flow_rows()]
    return render(request, "campaigns/flow_list.html", {"rows": rows})


@role_required(*MARKETERS)
@require_POST
def flow_install(request: HttpRequest) -> HttpResponse:
    """Create the win-back flow, paused, and open its page."""
    flow = install_win_back(language=request.user.language)
    return redirect("flow_page", code=flow.code)


@role_required(*MARKETERS)
@require_GET
def flow_page(request: HttpRequest, code: str) -> HttpResponse:
    """One flow: its effect, its funnel, and the rows behind the number that was clicked."""
    flow = get_object_or_404(Flow.objects.select_related("offer"), code=code)
    effect = flow_effect(flow, company_day(timezone.now()))
    rows = funnel(flow)
    context = {
        "flow": flow,
        "effect": effect,
        "picture": interval_picture(effect),
        "inside": passages(flow, request.user, group="inside").count(),
        "steps": list(zip(rows, step_previews(flow, [row.step for row in rows]), strict=True)),
        **_rows(request, flow),
    }
    return render(request, "campaigns/flow_page.html", context)


def position_of(step: str) -> int | None:
    """The position of a step as an address has it; none where it is no such number."""
    return int(step) if step.isdecimal() and len(step) < 5 else None


def _rows(request: HttpRequest, flow: Flow) -> dict[str, Any]:
    group, step = request.GET.get("group", ""), request.GET.get("step", "")
    ordered = request.GET.get("ordered") == "1"
    rows = passages(flow, request.user, group=group, position=position_of(step), ordered=ordered)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "group": group, "step": step, "ordered": ordered}


@role_required(*MARKETERS)
@require_POST
def flow_toggle(request: HttpRequest, code: str) -> HttpResponse:
    """Start or pause the flow."""
    flow = get_object_or_404(Flow, code=code)
    changed = set_active(flow_id=flow.pk, is_active=request.POST.get("active") == "1", at=timezone.now())
    text = _("The flow is on. Customers enter it every night.") if changed.is_active else _("The flow is paused.")
    messages.success(request, text)
    return redirect("flow_page", code=code)


@role_required(*MARKETERS)
@require_http_methods(["GET", "POST"])
def flow_settings(request: HttpRequest, code: str) -> HttpResponse:
    """The flow's numbers and waits."""
    flow = get_object_or_404(Flow, code=code)
    form = FlowSettingsForm(request.POST or None, flow=flow, steps=list(flow.steps.all()), user=request.user)
    if form.is_valid():
        try:
            change_flow(flow_id=flow.pk, settings=form.settings(), at=timezone.now())
        except InvalidInput as error:
            form.add_error(error.field, error.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("flow_page", code=code)
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/flow_settings.html", {"flow": flow, "form": form}, status=status)
