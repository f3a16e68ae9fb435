"""One delivery: what was sent, what was answered, sending it again."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.access import role_required
from core.roles import Role
from webhooks import actions
from webhooks.models import DeliveryState, WebhookDelivery
from webhooks.queries import messages as built
from webhooks.queries.log import WAITING
from webhooks.rules.events import type_of

administrators = role_required(Role.ADMINISTRATOR)


@administrators
@require_GET
def webhook_delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """The request as it was sent, or as it would be now; the answer. Asks again by itself while it is on its way."""
    row = get_object_or_404(WebhookDelivery.objects.select_related("subscription"), pk=pk)
    told = json.loads(row.payload) if row.payload else built([row])[row.pk].kept
    context = {
        "row": row,
        "type": type_of(row.kind),
        "body": json.dumps(told, ensure_ascii=False, indent=2),
        "is_waiting": row.state in WAITING,
        "is_soon": row.state in (DeliveryState.DUE, DeliveryState.SENDING),
        "may_send": row.state != DeliveryState.SENDING,
    }
    template = "webhooks/_delivery.html" if request.htmx else "webhooks/delivery.html"
    return render(request, template, context)


@administrators
@require_POST
def webhook_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it again, under the same id."""
    row = get_object_or_404(WebhookDelivery, pk=pk)
    actions.send_again(delivery_id=row.pk, now=timezone.now())
    messages.success(request, _("It is in the queue again."))
    return redirect("webhook_delivery", pk)
