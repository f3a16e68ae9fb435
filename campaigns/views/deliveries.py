"""Deliveries: what went, what did not, and what a person has to decide."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions import confirm_sent, send_again
from campaigns.models import Delivery, DeliveryState, Flow, HeldBack, MessageChannel
from campaigns.queries.deliveries import delivery_rows, state_counts
from campaigns.views.flows import MARKETERS, position_of
from core.access import role_required
from core.redirects import redirect_back

PER_PAGE = 50


@role_required(*MARKETERS)
@require_GET
def deliveries(request: HttpRequest) -> HttpResponse:
    """The queue and its history, unclear messages first."""
    chosen = {name: request.GET.get(name, "") for name in ("state", "channel", "flow", "reason", "search")}
    step = request.GET.get("step", "")
    rows = delivery_rows(request.user, position=position_of(step), **chosen)
    counts = state_counts(request.user)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "chosen": chosen | {"step": step},
        "is_filtered": any(chosen.values()) or bool(step),
        "states": [(code, label, counts.get(code, 0)) for code, label in DeliveryState.choices],
        "ambiguous": counts.get(DeliveryState.AMBIGUOUS, 0),
        "reasons": HeldBack.choices,
        "channels": MessageChannel.choices,
        "flows": Flow.objects.order_by("name"),
    }
    return render(request, "campaigns/deliveries.html", context)


@role_required(*MARKETERS)
@require_POST
def delivery_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of an unclear message that it was sent, or let it go again."""
    rows = delivery_rows(request.user)
    delivery: Delivery = get_object_or_404(rows, pk=pk)
    if request.POST.get("decision") == "sent":
        confirm_sent(delivery_id=delivery.pk, now=timezone.now())
        messages.success(request, _("Noted as sent."))
    else:
        send_again(delivery_id=delivery.pk, now=timezone.now())
        messages.success(request, _("The message is in the queue again."))
    return redirect_back(request, request.POST.get("next", ""), otherwise=reverse("deliveries"))
