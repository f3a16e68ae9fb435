"""What becomes of a message that its gateway did not take."""

from datetime import datetime

from campaigns.actions.claiming import SHORT_PAUSE
from campaigns.actions.composing import Outgoing
from campaigns.gateways.interface import Refused, Unavailable, Unclear
from campaigns.models import Delivery, DeliveryState, MessageChannel
from campaigns.queries.recipients import CONTACT_CHANNEL
from campaigns.rules.attempts import pause_after
from customers.models import ContactPoint, ContactStatus

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


def fail(*, outgoing: Outgoing, sender: str, error: Refused) -> None:
    """After a refusal for good; the address is marked where it is at fault."""
    _leave_sending(outgoing, sender, {"state": DeliveryState.FAILED, "error": str(error)})
    if error.address_fault:
        channel = outgoing.delivery.channel
        ContactPoint.objects.filter(
            channel=CONTACT_CHANNEL[channel],
            value=outgoing.address,
            customer_id=outgoing.delivery.customer_id,
            status=ContactStatus.VALID,
        ).update(status=BROKEN_ADDRESS[channel])


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
