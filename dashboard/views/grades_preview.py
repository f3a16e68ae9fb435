"""What new grading rules would change, whom and how much money, before they are put in force."""

from typing import Any, cast

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.access import role_required
from core.errors import DomainError
from core.models import User
from core.periods import company_day
from core.roles import Role
from core.visitors import visitor
from customers.actions.guard import record_export
from dashboard.figures.tables import table_file
from dashboard.views.grades_preview_tables import cells_table, matrix_table, movers_table, thresholds_table
from segmentation.forms import PolicyForm
from segmentation.models import Policy
from segmentation.queries import category_policy_in_force, policy_in_force
from segmentation.queries.grades import Preview, day_of_statistics, preview, read_thresholds
from segmentation.views.policies import policies_page, policy_form

WAYS = ("up", "down", "across", "came")
TEMPLATE = "dashboard/grades_preview.html"


@role_required(Role.MANAGER)
@require_GET
def policy_preview(request: HttpRequest) -> HttpResponseBase:
    """The rules in the address against those in force, on the statistics of the last night. Nothing is written."""
    today = company_day(timezone.now())
    form = policy_form(request.GET or None, asked=request.GET, today=today)
    if not form.is_valid():
        return policies_page(request, form, today)
    policy = form.save(commit=False)
    if policy.is_end:
        return render(request, TEMPLATE, {"form": form, "policy": policy, "preview": None})
    context = _context(form, preview(policy, as_of=day_of_statistics(today)))
    if file := table_file(request, [context["thresholds"], context["matrix"], context["cells"]]):
        return file
    return render(request, TEMPLATE, context)


@role_required(Role.MANAGER)
@require_POST
def policy_preview_list(request: HttpRequest) -> HttpResponseBase:
    """All who would move, as a file; written down as every list that leaves."""
    today = company_day(timezone.now())
    form = policy_form(request.GET, asked=request.GET, today=today)
    if not form.is_valid():
        return policies_page(request, form, today)
    seen = preview(form.save(commit=False), as_of=day_of_statistics(today), most=None)
    seen_by = visitor(request)
    try:
        entry = record_export(
            by=cast("User", request.user),
            what="customers",
            customers=len(seen.movers),
            reason=request.POST.get("reason", ""),
            detail={"format": request.GET.get("format", ""), "filters": request.GET.urlencode()[:1000]},
            at=timezone.now(),
            ip=seen_by.ip,
            agent=seen_by.agent,
        )
    except DomainError as error:
        shown = _context(form, preview(seen.policy, as_of=seen.as_of)) | {"list_error": error.message}
        return render(request, TEMPLATE, shown, status=422)
    file = table_file(request, [movers_table(seen, mark=entry.mark)])
    if file is None:
        raise Http404
    return file


def _context(form: PolicyForm, seen: Preview) -> dict[str, Any]:
    present = _present(seen)
    now = read_thresholds(present, as_of=seen.as_of) if present else None
    return {
        "form": form,
        "policy": seen.policy,
        "preview": seen,
        "thresholds": thresholds_table(seen, present, now),
        "matrix": matrix_table(seen),
        "cells": cells_table(seen),
        "movers": movers_table(seen),
        "ways": [(name, seen.of(name)) for name in WAYS],
        "share": seen.changed.customers / seen.customers if seen.customers else None,
    }


def _present(seen: Preview) -> Policy | None:
    """The rules in force; none where the category has none yet."""
    policy = seen.policy
    if policy.category_id is None:
        return policy_in_force(policy.kind, seen.as_of)
    return category_policy_in_force(policy.kind, policy.category_id, seen.as_of)
