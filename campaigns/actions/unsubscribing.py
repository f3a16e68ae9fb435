"""Withdrawing consent by a link in a message."""

from datetime import datetime

from django.db import transaction

from campaigns.links import Unsubscription
from campaigns.queries.recipients import CONTACT_CHANNEL
from customers.actions import record_consent
from customers.models import Consent, ConsentAction, Customer
from customers.queries.duplicates import present_id

SOURCE = "unsubscribe link"


@transaction.atomic
def unsubscribe(*, wish: Unsubscription, at: datetime, proof: str = "") -> bool:
    """Withdraw the customer's consent to the channel of the message; False where it is withdrawn already.

    Messages that wait in the queue are held back when their time comes.
    """
    customer = Customer.objects.select_for_update(no_key=True).filter(pk=present_id(wish.customer_id)).first()
    if customer is None:
        return False
    channel = CONTACT_CHANNEL[wish.channel]
    newest = Consent.objects.filter(customer=customer, channel=channel).order_by("-at", "-id").first()
    if newest is not None and newest.action == ConsentAction.WITHDRAWN:
        return False
    return record_consent(
        customer_id=customer.pk,
        channel=channel,
        action=ConsentAction.WITHDRAWN,
        at=max(at, newest.at) if newest else at,
        source=SOURCE,
        proof=f"delivery {wish.delivery_id}; {proof}".strip("; "),
    )
