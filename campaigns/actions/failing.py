"""What becomes of a message that its gateway did not take."""

from datetime import datetime

from django.db import transaction

from campaigns.actions.claiming import SHORT_PAUSE
from campaigns.actions.composing import Outgoing
from campaigns.gateways.interface import Refused, Unavailable, Unclear
from campaigns.models import Delivery, DeliveryState, MessageChannel
from campaigns.queries.recipients import CONTACT_CHANNEL
from campaigns.rules.attempts import pause_after
from customers.actions import add_event
from customers.models import ContactPoint, ContactStatus, EventKind

BROKEN_ADDRESS = {
    MessageChannel.EMAIL.value: ContactStatus.BOUNCED,
    MessageChannel.SMS.value: ContactStatus.UNREACHABLE,
}


def put_off(*, outgoing: Outgoing, sender: str, now: datetime, error: Unavailable) -> str:
    """After a temporary failure: due again after a pause that grows, failed after the last attempt.

    An outage of the whole gateway is no attempt of this message.
    """
    attempts = outgoing.delivery.attempts + 1
    pause = SHORT_PAUSE if error.whole else pause_after(attempts)
    fields: dict[str, object] = {"error": str(error)}
    if pause is None:
        fields["state"] = DeliveryState.FAILED
    else:
        fields |= {"state": DeliveryState.DUE, "due_at": now + pause, "claimed_by": ""}
        fields["attempts"] = attempts - 1 if error.whole else attempts
    _leave_sending(outgoing, sender, fields)
    return str(fields["state"])


@transaction.atomic
def fail(*, outgoing: Outgoing, sender: str, now: datetime, error: Refused) -> None:
    """After a refusal for good; where the address is at fault, it is marked, and the timeline tells it."""
    _leave_sending(outgoing, sender, {"state": DeliveryState.FAILED, "error": str(error)})
    if not error.address_fault:
        return
    delivery = outgoing.delivery
    point = ContactPoint.objects.filter(
        channel=CONTACT_CHANNEL[delivery.channel],
        value=outgoing.address,
        customer_id=delivery.customer_id,
        status=ContactStatus.VALID,
    )
    point.update(status=BROKEN_ADDRESS[delivery.channel], updated_at=now)
    add_event(
        customer_id=delivery.customer_id,
        kind=EventKind.MESSAGE_BOUNCED,
        at=now,
        data={"channel": delivery.channel, "message": delivery.pk, "reason": "bad_address"},
    )


def leave_unclear(*, outgoing: Outgoing, sender: str, error: Unclear) -> None:
    """After a request without an answer: a person decides."""
    _leave_sending(outgoing, sender, {"state": DeliveryState.AMBIGUOUS, "error": str(error)})


def _leave_sending(outgoing: Outgoing, sender: str, fields: dict[str, object]) -> None:
    sending = Delivery.objects.filter(
        pk=outgoing.delivery.pk,
        claimed_by=sender,
        state__in=[DeliveryState.SENDING, DeliveryState.AMBIGUOUS],
    )
    sending.update(lease_until=None, **fields)
