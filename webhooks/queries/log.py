"""Subscriptions with their health, and the log."""

from django.db.models import Count, Max, Q, QuerySet

from webhooks.models import DeliveryState, Subscription, WebhookDelivery

WAITING = (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.FAILED)


def subscriptions_with_health() -> QuerySet[Subscription]:
    """Every subscription with how many deliveries wait, were given up, and when the last one arrived."""
    return Subscription.objects.select_related("created_by").annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state__in=WAITING)),
        given_up=Count("deliveries", filter=Q(deliveries__state=DeliveryState.GIVEN_UP)),
        last_at=Max("deliveries__finished_at", filter=Q(deliveries__state=DeliveryState.DELIVERED)),
    )


def deliveries_of(subscription: Subscription, state: str = "") -> QuerySet[WebhookDelivery]:
    """The log of a subscription, the newest first; of one state, if it is named."""
    rows = WebhookDelivery.objects.filter(subscription=subscription).order_by("-id")
    return rows.filter(state=state) if state in DeliveryState.values else rows
