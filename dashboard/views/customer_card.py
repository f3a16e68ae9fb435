"""The card of one customer: what to do, what they are worth, what happened."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.access import role_required
from core.roles import Role
from customers.models import Customer
from customers.queries.duplicates import duplicates_of_card
from dashboard.queries import customer_card as queries
from dashboard.queries.changes import customer_changes as changes_of
from dashboard.queries.timeline import GROUPS, Place, names_of, timeline
from dashboard.timeline_lines import line_of
from dashboard.views.changes import changes_context, place_of
from dashboard.views.customer_list import PEOPLE
from dashboard.views.customer_parts import WORKS_WITH_CUSTOMERS
from dashboard.views.duplicates import to_survivor
from segmentation.models import Forecast

TIMELINE_FILTERS = (
    ("", pgettext_lazy("timeline", "All")),
    ("orders", _("Orders")),
    ("touches", _("Touches")),
    ("messages", _("Messages")),
    ("visits", _("Visits")),
    ("promises", _("Promises")),
    ("changes", _("Changes")),
)
TABS = (
    ("customer_card", _("Timeline")),
    ("customer_orders", _("Orders")),
    ("customer_messages", _("Messages and codes")),
    ("customer_history", _("Grade and stage")),
    ("customer_changes", _("Changes")),
)


@role_required(*PEOPLE)
@require_GET
@vary_on_headers("HX-Request")
def customer_card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card with the timeline."""
    return _page(request, pk, "customer_card", lambda: _timeline_context(request, pk))


@role_required(*PEOPLE)
@require_GET
def customer_next_touch(request: HttpRequest, pk: int) -> HttpResponse:
    """Fragment: when the next touch is due, anew after one was written down."""
    card = queries.customer_card(user=request.user, pk=pk, now=timezone.now())
    context = {
        "customer": card.customer,
        "next_touch": card.next_touch,
        "is_touch_overdue": card.next_touch.is_overdue(card.today),
    }
    return render(request, "dashboard/_next_touch.html", context)


@role_required(*PEOPLE)
@require_GET
def customer_timeline(request: HttpRequest, pk: int) -> HttpResponse:
    """Fragment: the timeline from a place on, loaded as one scrolls."""
    get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
    return render(request, "dashboard/_timeline_lines.html", {"pk": pk, **_timeline_context(request, pk)})


@role_required(*PEOPLE)
@require_GET
@vary_on_headers("HX-Request")
def customer_orders(request: HttpRequest, pk: int) -> HttpResponse:
    """The card with the orders; `start` reads on."""
    given = request.GET.get("start", "")
    start = int(given) if given.isdecimal() and len(given) < 7 else 0
    return _page(request, pk, "customer_orders", lambda: _orders_context(pk, start), more=bool(start))


@role_required(*PEOPLE)
@require_GET
@vary_on_headers("HX-Request")
def customer_messages(request: HttpRequest, pk: int) -> HttpResponse:
    """The card with deliveries, promo codes and NPS answers."""
    return _page(request, pk, "customer_messages", lambda: _messages_context(pk))


@role_required(*PEOPLE)
@require_GET
@vary_on_headers("HX-Request")
def customer_history(request: HttpRequest, pk: int) -> HttpResponse:
    """The card with the changes of grade and stage."""
    return _page(request, pk, "customer_history", lambda: _history_context(pk))


@role_required(*PEOPLE)
@require_GET
@vary_on_headers("HX-Request")
def customer_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """The card with who changed what; `before` reads on."""
    before = place_of(request)
    return _page(
        request,
        pk,
        "customer_changes",
        lambda: changes_context(changes_of(pk, before), reader=request.user),
        more=before is not None,
    )


PANELS = {
    "customer_card": "dashboard/_timeline.html",
    "customer_orders": "dashboard/_orders.html",
    "customer_messages": "dashboard/_messages.html",
    "customer_history": "dashboard/_history.html",
    "customer_changes": "dashboard/_changes.html",
}

# What follows rows that are there already.
MORE = {"customer_orders": "dashboard/_order_rows.html", "customer_changes": "dashboard/_change_groups.html"}


def _page(request: HttpRequest, pk: int, tab: str, context_of: Any, *, more: bool = False) -> HttpResponse:
    """The card, or that of the customer whom this one was merged into."""
    try:
        return _shown(request, pk, tab, context_of, more=more)
    except Http404:
        return to_survivor(request, pk, tab)


def _shown(request: HttpRequest, pk: int, tab: str, context_of: Any, *, more: bool) -> HttpResponse:
    """The whole card; with htmx only the tab, or only more of its rows."""
    context = {"pk": pk, "tab": tab, "tabs": TABS, "panel": PANELS[tab]}
    if request.htmx and not request.htmx.history_restore_request:
        get_object_or_404(Customer.objects.for_user(request.user), pk=pk)
        template = MORE[tab] if more else "dashboard/_tabs.html"
        return render(request, template, context | context_of())
    card = queries.customer_card(user=request.user, pk=pk, now=timezone.now())
    context |= {
        "card": card,
        "customer": card.customer,
        "side": card.side,
        "tasks": card.tasks,
        "today": card.today,
        "is_touch_overdue": card.next_touch.is_overdue(card.today),
        "method": dict(Forecast.choices).get(card.standing.method if card.standing else "", ""),
        "may_assign": request.user.has_role(Role.MANAGER),
        "duplicate": duplicates_of_card(request.user, pk).select_related("first", "second").first(),
        "may_edit": request.user.has_role(*WORKS_WITH_CUSTOMERS) and card.customer.erased_at is None,
        "may_hand_out": request.user.has_role(Role.MANAGER),
        "may_take": card.customer.owner_id is None and request.user.has_role(Role.FARMER, Role.HUNTER),
    }
    return render(request, "dashboard/customer_card.html", context | context_of())


def _timeline_context(request: HttpRequest, pk: int) -> dict[str, Any]:
    group = request.GET.get("show", "")
    group = group if group in GROUPS else ""
    entries, place = timeline(pk, group, Place.read(request.GET.get("after", "")))
    names = names_of(entries)
    return {
        "lines": [line_of(entry, names) for entry in entries],
        "place": place,
        "group": group,
        "timeline_filters": TIMELINE_FILTERS,
    }


def _orders_context(pk: int, start: int) -> dict[str, Any]:
    orders = queries.orders_page(pk, start)
    has_more = len(orders) > queries.ORDERS_AT_ONCE
    return {
        "orders": orders[: queries.ORDERS_AT_ONCE],
        "next_start": start + queries.ORDERS_AT_ONCE if has_more else None,
    }


def _messages_context(pk: int) -> dict[str, Any]:
    return {
        "deliveries": queries.messages_of(pk),
        "codes": queries.promo_codes_of(pk),
        "answers": queries.answers_of(pk),
    }


def _history_context(pk: int) -> dict[str, Any]:
    return {"grade_changes": queries.grade_changes(pk), "stage_changes": queries.stage_changes(pk)}
