"""Duplicates: pairs that may be one customer, two cards side by side, merging and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import role_required
from core.errors import DomainError, NotFound
from core.roles import Role
from customers.actions.duplicates import judge_different, set_duplicate_policy
from customers.actions.merging import merge, undo_merge
from customers.models import Customer, DuplicateCandidate
from customers.queries.duplicates import duplicate_policy, merges, pairs_by_score, present_id
from customers.queries.unattended import mergeable_unattended
from dashboard.forms.duplicates import DuplicateRulesForm, MergeForm, OtherCard
from dashboard.queries import duplicates as queries
from dashboard.queries.suggestions import suggested
from dashboard.views.customer_parts import WORKS_WITH_CUSTOMERS, own_customer

AT_ONCE = 50
# Counting stops here: whoever set the threshold this low sees that it is too low.
COUNTED = 10_000


@role_required(*WORKS_WITH_CUSTOMERS)
@require_safe
def duplicates_page(request: HttpRequest) -> HttpResponse:
    """Open pairs, the likeliest first, and the last merges."""
    page = Paginator(queries.open_pairs(request.user), AT_ONCE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pairs": queries.pairs_of(page),
        "count": page.paginator.count,
        "merges": merges(request.user) if page.number == 1 else [],
        "policy": duplicate_policy(),
        "may_rule": request.user.has_role(Role.MANAGER),
    }
    return render(request, "dashboard/duplicates.html", context)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for the other card (GET), see both (GET with `with`), make them one (POST).

    `walk` leads on to the next pair of the list.
    """
    customer = own_customer(request, pk)
    if request.method == "POST":
        return _merge(request, pk)
    given = request.GET.get("with", "")
    if given.isdecimal() and len(given) < 19 and int(given) != pk:
        return _compare(request, pk, int(given))
    rows = [row for row in suggested(request.user, request.GET.get("q", "")) if row.customer.pk != pk]
    context = {"customer": customer, "rows": rows, "q": request.GET.get("q", "").strip()}
    template = "dashboard/_merge_found.html" if request.htmx else "dashboard/merge_search.html"
    return render(request, template, context)


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_different(request: HttpRequest, pk: int) -> HttpResponse:
    """Two customers: the pair is not proposed again."""
    own_customer(request, pk)
    form = OtherCard(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the other card first."))
        return redirect("customer_merge", pk=pk)
    try:
        judge_different(first_id=pk, second_id=form.cleaned_data["other"], by=request.user, at=timezone.now())
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("Two customers: the pair will not be proposed again."))
    return redirect(_onward(request, pk))


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Two cards again; what came since stays with the card that stayed, and is told."""
    try:
        parted = undo_merge(change_set_id=pk, by=request.user, at=timezone.now())
    except NotFound as error:
        raise Http404 from error
    messages.success(request, _("The merge is undone: there are two cards again."))
    if parted.added:
        told = ", ".join(f"{name} — {count}" for name, count in parted.added.items())
        messages.warning(request, _("Added since the merge, and stays on this card: %(what)s.") % {"what": told})
    if parted.changed:
        text = _("Rows changed since the merge, which stay as they are: %(count)d.")
        messages.warning(request, text % {"count": parted.changed})
    return redirect("customer_card", pk=parted.keep_id)


@role_required(Role.MANAGER)
@require_http_methods(["GET", "POST"])
def duplicate_rules(request: HttpRequest) -> HttpResponse:
    """From what likeness pairs are shown and merged, with what that would do now (GET with the numbers)."""
    policy = duplicate_policy()
    asked = request.POST if request.method == "POST" else (request.GET if "show_from" in request.GET else None)
    form = DuplicateRulesForm(asked, instance=policy)
    if request.method == "POST" and form.is_valid():
        set_duplicate_policy(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("duplicates")
    context = {"form": form, "effect": _effect(form)}
    if request.htmx:
        return render(request, "dashboard/_duplicate_effect.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "dashboard/duplicate_rules.html", context, status=status)


def to_survivor(request: HttpRequest, pk: int, page: str) -> HttpResponse:
    """The same page of the card that a merged one went into; Http404 where there is none for the reader."""
    survivor = get_object_or_404(Customer.objects.for_user(request.user), pk=present_id(pk))
    if survivor.pk == pk:
        raise Http404
    return redirect(page, pk=survivor.pk)


def _effect(form: DuplicateRulesForm) -> dict[str, Any] | None:
    """How many open pairs would be shown, and how many merged, if these rules held; None where they are no rules."""
    if form.is_bound and not form.is_valid():
        return None
    policy = form.instance
    shown = sum(count for score, count in pairs_by_score().items() if score >= policy.show_from)
    merged = 0
    if policy.merge_from is not None:
        merged = len(mergeable_unattended(COUNTED, merge_from=policy.merge_from))
    return {"shown": shown, "merged": merged, "is_cut": merged == COUNTED}


def _compare(
    request: HttpRequest, pk: int, other: int, *, refusal: DomainError | None = None, status: int = 200
) -> HttpResponse:
    compared = queries.comparison(request.user, pk, other)
    cards = [compared.first.customer, compared.second.customer]
    is_own = request.user.sees_whole_base or all(card.owner_id == request.user.pk for card in cards)
    context = {
        "pair": compared,
        "pk": pk,
        "other": other,
        "walk": "walk" in (request.POST or request.GET),
        "skip_to": _address(queries.pair_after(request.user, pk, other)),
        "may_merge": is_own and not any(card.erased_at for card in cards),
        "refusal": refusal,
    }
    return render(request, "dashboard/merge.html", context, status=status)


def _merge(request: HttpRequest, pk: int) -> HttpResponse:
    form = MergeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose which card stays."))
        return redirect("customer_merge", pk=pk)
    other, keeps_first = form.cleaned_data["other"], form.cleaned_data["keep"] == "first"
    keep_id, merge_id = (pk, other) if keeps_first else (other, pk)
    try:
        merge(keep_id=keep_id, merge_id=merge_id, chosen=form.chosen(), by=request.user, at=timezone.now())
    except NotFound as error:
        raise Http404 from error
    except DomainError as refusal:
        if present_id(pk) != pk or present_id(other) != other or other == pk:
            raise
        return _compare(request, pk, other, refusal=refusal, status=refusal.status)
    messages.success(request, _("The cards are one now. It can be undone in the list of duplicates."))
    return redirect(_onward(request, keep_id))


def _onward(request: HttpRequest, pk: int) -> str:
    """The next pair for whoever walks through the list, else the card."""
    if "walk" not in request.POST:
        return reverse("customer_card", args=[pk])
    return _address(queries.open_pairs(request.user).first())


def _address(pair: DuplicateCandidate | None) -> str:
    """Where a pair of the list is looked at; the list itself after the last one."""
    if pair is None:
        return reverse("duplicates")
    return f"{reverse('customer_merge', args=[pair.first_id])}?with={pair.second_id}&walk=1"
