"""Another program that is told what happens here; switched off, so that nothing leaves the machine."""

import json
from datetime import timedelta

from demo.actions.accounts import person
from demo.actions.story import Story
from webhooks.actions import subscribe, switch
from webhooks.models import DeliveryState, Subscription, WebhookDelivery
from webhooks.queries.payloads import messages

URL = "https://sklad.zerno.example/hooks/ferma"
EVENTS = ("order.recorded", "order.changed", "inquiry.recorded", "customer.merged")
OPENED_DAYS_AGO = 45
# Of the newest deliveries one waits, one failed a while ago, and one was given up; the others arrived.
FATES = (
    (DeliveryState.DUE, 0, None, ""),
    (DeliveryState.FAILED, 3, 503, ""),
    (DeliveryState.GIVEN_UP, 12, None, "Ответа нет: время ожидания вышло."),
)


def open_subscription(story: Story) -> Subscription:
    """Subscribe the warehouse's program; what happens from now on is told to it."""
    made, _secret = subscribe(name="Склад", url=URL, events=EVENTS, with_contacts=False, by=person("admin"))
    Subscription.objects.filter(pk=made.pk).update(created_at=story.moment_of_end - timedelta(days=OPENED_DAYS_AGO))
    return made


def settle_deliveries(subscription: Subscription) -> None:
    """Let deliveries be as after weeks of sending, and switch the subscription off."""
    rows = list(subscription.deliveries.select_related("subscription").order_by("-happened_at", "-pk"))
    built = messages(rows)
    for number, row in enumerate(rows):
        state, attempts, code, error = FATES[number] if number < len(FATES) else (DeliveryState.DELIVERED, 1, 200, "")
        row.state, row.attempts, row.response_code, row.error = state, attempts, code, error
        row.payload = json.dumps(built[row.pk].kept, ensure_ascii=False) if attempts else ""
        row.response_excerpt = "ok" if code == 200 else ""
        row.created_at = row.happened_at
        row.next_at = row.happened_at + timedelta(seconds=5)
        is_over = state in (DeliveryState.DELIVERED, DeliveryState.GIVEN_UP)
        row.finished_at = row.happened_at + timedelta(seconds=6) if is_over else None
    fields = ["state", "attempts", "response_code", "error", "payload", "response_excerpt", "created_at", "next_at"]
    WebhookDelivery.objects.bulk_update(rows, [*fields, "finished_at"])
    switch(subscription_id=subscription.pk, is_on=False)
