"""What a sent message leaves behind: a touch, a timeline event, a cost."""

from datetime import datetime

from django.db import transaction

from campaigns.models import Delivery
from customers.actions import add_events, record_service_cost
from customers.models import EventKind
from touches.actions import log_messages

COST_KIND = "message"
_NEEDED = ("customer_id", "channel", "template_code", "subject", "body", "sent_at", "created_at", "cost")


@transaction.atomic
def record_sent(*, limit: int = 1_000) -> int:
    """Write down what follows from messages sent since the last time; returns how many there were.

    Done for many messages at once. They carry a mark until then, so that a sender's death loses nothing.
    """
    rows = Delivery.objects.filter(unrecorded=True).select_for_update(skip_locked=True, no_key=True)
    sent = list(rows.only(*_NEEDED).order_by("pk")[:limit])
    if not sent:
        return 0
    log_messages(messages=[(row.customer_id, row.channel, _moment(row)) for row in sent])
    add_events(events=[(row.customer_id, EventKind.MESSAGE_SENT, _moment(row), _told(row)) for row in sent])
    for row in sent:
        if row.cost:
            record_service_cost(customer_id=row.customer_id, kind=COST_KIND, amount=row.cost, at=_moment(row))
    Delivery.objects.filter(pk__in=[row.pk for row in sent]).update(unrecorded=False)
    return len(sent)


def _moment(row: Delivery) -> datetime:
    return row.sent_at or row.created_at


def _told(row: Delivery) -> dict[str, object]:
    return {
        "delivery": row.pk,
        "channel": row.channel,
        "subject": row.subject or row.body[:100],
        "template": row.template_code,
    }
