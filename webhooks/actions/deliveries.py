"""The log of deliveries: sending again, a test, forgetting."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Conflict
from webhooks.models import DeliveryState, Subscription, WebhookDelivery

KEPT_FOR = timedelta(days=30)


@transaction.atomic
def send_again(*, delivery_id: int, now: datetime) -> None:
    """Put a delivery into the queue as if it were new, under its own id. Raises Conflict while it is being sent."""
    done = WebhookDelivery.objects.filter(pk=delivery_id).exclude(state=DeliveryState.SENDING)
    if not done.update(state=DeliveryState.DUE, attempts=0, next_at=now, finished_at=None):
        raise Conflict(_("It is being sent right now. Look again in a minute."))


@transaction.atomic
def send_test(*, subscription: Subscription, now: datetime) -> WebhookDelivery:
    """Queue an event that means nothing, for the receiver to be tried. Raises Conflict where it is switched off."""
    if not subscription.is_active:
        raise Conflict(_("The webhook is switched off. Switch it on first."))
    return WebhookDelivery.objects.create(subscription=subscription, kind="test", happened_at=now, facts={})


def forget_deliveries(*, now: datetime) -> int:
    """Delete the log older than 30 days; returns how many rows."""
    return WebhookDelivery.objects.filter(created_at__lt=now - KEPT_FOR).delete()[0]
