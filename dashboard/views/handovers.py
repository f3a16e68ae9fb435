"""Portfolios: who looks after how much, and what changed hands."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.access import role_required
from core.periods import company_day
from core.roles import Role
from dashboard.queries.handovers import handovers, names, portfolios
from touches.actions import undo_handover

SHOWN = 50
NAMED = 3


@role_required(Role.MANAGER)
@require_safe
def handovers_page(request: HttpRequest) -> HttpResponse:
    """Portfolios of people, and the last hand-overs with their undo."""
    rows = portfolios(company_day(timezone.now()))
    left = sum(row.customers for row in rows if row.person and not row.person.is_active)
    context = {"portfolios": rows, "handovers": handovers(SHOWN), "left_behind": left}
    return render(request, "dashboard/handovers.html", context)


@role_required(Role.MANAGER)
@require_POST
def handover_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the customers back; whoever was handed on since stays, and is named."""
    undone = undo_handover(handover_id=pk, by=request.user, at=timezone.now())
    back = undone.rows["customers_customer"]
    text = ngettext("%(count)d customer went back.", "%(count)d customers went back.", back)
    messages.success(request, text % {"count": back})
    stayed = [row_id for table, row_id, _reason in undone.examples if table == "customers_customer"]
    if stayed:
        number = undone.kept["customers_customer", "changed"]
        text = ngettext(
            "%(count)d customer has changed hands since and stays: %(names)s.",
            "%(count)d customers have changed hands since and stay: %(names)s.",
            number,
        )
        messages.warning(request, text % {"count": number, "names": ", ".join(names(stayed[:NAMED]))})
    return redirect("handovers")
