"""Tags put on or taken off many customers at once, and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.access import role_required
from core.models import ChangeKind, ChangeSet
from customers.actions.labels import tag_many, undo_bulk_edit, untag_many
from customers.models import Customer
from customers.models.customer import CustomerQuerySet
from dashboard.forms.customer_parts import BulkTagForm
from dashboard.queries.customer_filters import Filters, filtered
from dashboard.views.customer_list import asked_filters
from dashboard.views.customer_parts import WORKS_WITH_CUSTOMERS, done

SHOWN = 5


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET", "POST"])
def customer_bulk_tag(request: HttpRequest) -> HttpResponse:
    """Choose the tag and confirm the number (GET), then change all of them (POST).

    The customers are those ticked (`id`), or else the whole result of the filters, of those that the person may see.
    If their number has changed since it was confirmed, it is asked again.
    """
    given = request.POST if request.method == "POST" else request.GET
    filters = asked_filters(request, request.user)
    ticked = [int(pk) for pk in given.getlist("id") if pk.isdecimal() and len(pk) < 19]
    customers = _chosen(request, filters, ticked)
    count = customers.count()
    form = BulkTagForm(request.POST or None)
    is_confirmed = request.POST.get("count") == str(count)
    if request.method == "POST" and is_confirmed:
        made: list[ChangeSet] = []
        if done(form, lambda: made.append(_change(request, customers, form))):
            return redirect("customer_bulk_done", pk=made[0].pk)
    context = {
        "form": form,
        "count": count,
        "has_changed": form.is_bound and not is_confirmed,
        "some": customers.order_by("-pk")[:SHOWN],
        "parameters": filters.parameters(),
        "ticked": ticked,
        "back": f"{reverse('customer_list')}?{urlencode(filters.parameters())}",
    }
    return render(request, "dashboard/customer_bulk_tag.html", context, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest, filters: Filters, ticked: list[int]) -> CustomerQuerySet:
    if ticked:
        return Customer.objects.for_user(request.user).filter(pk__in=ticked)
    return filtered(request.user, filters)


def _change(request: HttpRequest, customers: CustomerQuerySet, form: BulkTagForm) -> ChangeSet:
    action = untag_many if form.cleaned_data["action"] == "remove" else tag_many
    return action(customers=customers, name=form.cleaned_data["new_tag"], by=request.user, at=timezone.now())


@role_required(*WORKS_WITH_CUSTOMERS)
@require_http_methods(["GET"])
def customer_bulk_done(request: HttpRequest, pk: int) -> HttpResponse:
    """What was changed, with the way back."""
    made = _own_set(request, pk)
    return render(request, "dashboard/customer_bulk_done.html", {"made": made, "is_undone": hasattr(made, "undone_by")})


@role_required(*WORKS_WITH_CUSTOMERS)
@require_POST
def customer_bulk_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the change back as far as nobody has changed the same since."""
    undone = undo_bulk_edit(made=_own_set(request, pk), by=request.user, at=timezone.now())
    count = undone.rows.total()
    text = ngettext("Taken back for %(count)d customer.", "Taken back for %(count)d customers.", count)
    messages.success(request, text % {"count": count})
    if kept := undone.kept.total():
        text = ngettext(
            "%(count)d was changed by others since and stays.", "%(count)d were changed by others since and stay.", kept
        )
        messages.warning(request, text % {"count": kept})
    return redirect("customer_bulk_done", pk=pk)


def _own_set(request: HttpRequest, pk: int) -> ChangeSet:
    """A change of one's own; anybody's for who sees the whole base."""
    sets = ChangeSet.objects.filter(kind=ChangeKind.BULK_EDIT).select_related("by")
    if not request.user.sees_whole_base:
        sets = sets.filter(by=request.user)
    return get_object_or_404(sets, pk=pk)
