"""Who could be large, and what the product lacks for them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.errors import DomainError
from core.formats import exact_date_text, money_text, number_text
from core.forms import took
from core.money import from_minor
from core.periods import company_day
from core.roles import WITH_CUSTOMERS, Role
from dashboard.figures.tables import Cell, Column, Table, table_file
from dashboard.forms.capability import CapabilityForm, NewCapabilityForm
from dashboard.links import customers_where
from dashboard.queries.potential import (
    PotentialReport,
    capability_seen,
    changes_of,
    needs_for,
    potential_report,
)
from dashboard.views.changes import changes_context
from segmentation.actions import add_capability, dismiss_candidate
from segmentation.models import CandidateKind, Capability, Need, XCandidate
from touches.actions import move_capability

WHERE = {
    "touch": gettext_lazy("in a conversation"),
    "nps": gettext_lazy("in an answer to a survey"),
    "inquiry": gettext_lazy("in an inquiry"),
}


@dataclass(frozen=True)
class Proposal:
    """A candidate with what speaks for it in words, and the address of the form that accepts it."""

    candidate: XCandidate
    why: str
    accept_url: str


@role_required(*WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def potential(request: HttpRequest) -> HttpResponse:
    """The potential in all, what customers lack, the candidates; a manager's POST adds a capability."""
    is_manager = request.user.has_role(Role.MANAGER)
    form = NewCapabilityForm(request.POST or None)
    if request.method == "POST":
        if not is_manager:
            raise PermissionDenied
        if took(form, lambda: add_capability(**form.cleaned_data)):
            messages.success(request, _("The capability is in the list."))
            return redirect("potential")
    report = potential_report(request.user)
    table, proposals = _table(report), [_proposal(each) for each in report.candidates]
    candidates = _candidates(proposals)
    if file := table_file(request, [table, candidates]):
        return file
    context = {
        "report": report,
        "table": table,
        "proposals": proposals,
        "candidates": candidates,
        "form": form,
        "is_manager": is_manager,
        "marked_url": customers_where({"all": [{"field": "x", "op": "is", "value": True}]}),
    }
    return render(request, "dashboard/potential.html", context, status=422 if form.is_bound else 200)


def _table(report: PotentialReport) -> Table:
    columns = [
        Column("capability", gettext_lazy("What is missing")),
        Column("state", gettext_lazy("State")),
        Column("customers", gettext_lazy("Customers"), "int"),
        Column("potential", gettext_lazy("Potential a year"), "money", "potential"),
        Column("since", gettext_lazy("Asked for since"), "day"),
        Column("expected", gettext_lazy("Expected on"), "day"),
    ]
    rows = [
        [
            Cell(row.capability.name, reverse("capability", args=[row.capability.pk])),
            Cell(row.capability.get_state_display()),
            Cell(row.customers, _asking(row.capability) if row.customers else ""),
            Cell(row.potential),
            Cell(row.since),
            Cell(row.capability.shipped_on or row.capability.expected_on),
        ]
        for row in report.rows
    ]
    return Table("potential", gettext_lazy("What do we lack?"), columns, rows)


def _candidates(proposals: list[Proposal]) -> Table:
    """Those shown on the page, and no more: whole lists of customers leave by the export alone."""
    columns = [
        Column("customer", gettext_lazy("Customer")),
        Column("kind", gettext_lazy("Reason")),
        Column("capability", gettext_lazy("What is missing")),
        Column("why", gettext_lazy("What speaks for it")),
        Column("potential", gettext_lazy("Guess a year"), "money"),
    ]
    rows = [
        [
            Cell(str(each.candidate.customer)),
            Cell(each.candidate.get_kind_display()),
            Cell(each.candidate.capability.name if each.candidate.capability else ""),
            Cell(each.why),
            Cell(each.candidate.potential),
        ]
        for each in proposals
    ]
    return Table("candidates", gettext_lazy("Who may deserve an X?"), columns, rows)


def _asking(capability: Capability) -> str:
    return customers_where({"all": [{"field": "capability", "op": "in", "value": [str(capability.pk)]}]})


def _proposal(candidate: XCandidate) -> Proposal:
    why = _why(candidate)
    given: dict[str, Any] = {"evidence": why}
    if candidate.capability is not None:
        given["capability"] = candidate.capability.name
    if candidate.potential:
        given["potential"] = candidate.potential.quantize(Decimal(1))
    return Proposal(candidate, why, f"{reverse('need_add', args=[candidate.customer_id])}?{urlencode(given)}")


def _why(candidate: XCandidate) -> str:
    """What speaks for a candidate, with its numbers."""
    figures = candidate.figures
    match candidate.kind:
        case CandidateKind.SIZE:
            orders = figures["orders"]
            return ngettext(
                "Average check %(check)s against the usual %(usual)s, and only %(orders)s order in the window",
                "Average check %(check)s against the usual %(usual)s, and only %(orders)s orders in the window",
                orders,
            ) % {
                "check": money_text(from_minor(figures["check"])),
                "usual": money_text(from_minor(figures["usual"])),
                "orders": number_text(orders, 0),
            }
        case CandidateKind.WALLET:
            return _("Spends %(wallet)s a year on such goods, and %(bought)s of it with us") % {
                "wallet": money_text(from_minor(figures["wallet"])),
                "bought": money_text(from_minor(figures["bought"])),
            }
    return _("Said %(where)s on %(day)s: “%(said)s”") % {
        "where": WHERE[figures["where"]],
        "day": exact_date_text(date.fromisoformat(figures["on"])),
        "said": candidate.said,
    }


@role_required(*WITH_CUSTOMERS)
@require_POST
def candidate_dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """The candidate is none: not proposed again for the same."""
    candidate = get_object_or_404(XCandidate.objects.for_user(request.user), pk=pk)
    dismiss_candidate(customer_id=candidate.customer_id, key=candidate.key, by=request.user, at=timezone.now())
    messages.success(request, _("It will not be proposed again."))
    return redirect("potential")


@role_required(*WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def capability(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asks for a capability, with what evidence, and how far it is; a manager's POST moves it on."""
    found = capability_seen(request.user, pk)
    if found is None:
        raise Http404
    is_manager = request.user.has_role(Role.MANAGER)
    form = CapabilityForm(request.POST or None, initial=CapabilityForm.of(found))
    if request.method == "POST":
        if not is_manager:
            raise PermissionDenied
        if _moved(request, found, form):
            return redirect("capability", pk)
    needs = needs_for(found, request.user)
    table = _needs_table(found, needs)
    if file := table_file(request, [table]):
        return file
    context = {
        "capability": found,
        "needs": needs,
        "potential": sum((need.potential for need in needs), Decimal(0)),
        "asking_url": _asking(found),
        "table": table,
        "form": form,
        "is_manager": is_manager,
        **(changes_context(changes_of(found), reader=request.user) if is_manager else {}),
    }
    return render(request, "dashboard/capability.html", context, status=422 if form.is_bound else 200)


def _moved(request: HttpRequest, found: Capability, form: CapabilityForm) -> bool:
    if not form.is_valid():
        return False
    today = company_day(timezone.now())
    try:
        _capability, told = move_capability(capability_id=found.pk, today=today, **form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    if told:
        text = ngettext(
            "Saved. %(count)s task is opened for those who look after the customers.",
            "Saved. %(count)s tasks are opened for those who look after the customers.",
            told,
        )
        messages.success(request, text % {"count": number_text(told, 0)})
    else:
        messages.success(request, _("Saved."))
    return True


def _needs_table(found: Capability, needs: list[Need]) -> Table:
    columns = [
        Column("customer", gettext_lazy("Customer")),
        Column("potential", gettext_lazy("Potential a year"), "money"),
        Column("asked_by", gettext_lazy("Who asks for it")),
        Column("evidence", gettext_lazy("How that is known")),
        Column("asked_on", gettext_lazy("Asked on"), "day"),
        Column("owner", gettext_lazy("Owner")),
    ]
    rows = [
        [
            Cell(str(need.customer), reverse("customer_card", args=[need.customer_id])),
            Cell(need.potential, reverse("need", args=[need.customer_id, need.pk])),
            Cell(need.asked_by or None),
            Cell(need.evidence or None),
            Cell(need.asked_on),
            Cell(str(need.customer.owner) if need.customer.owner else gettext_lazy("In the pool")),
        ]
        for need in needs
    ]
    return Table(f"capability-{found.pk}", gettext_lazy("Who asks for it?"), columns, rows)
