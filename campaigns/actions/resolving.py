"""A person decides about a message of which nobody knows whether it went."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from campaigns.actions.recording import record_sent
from campaigns.models import Delivery, DeliveryState
from core.errors import Conflict


@transaction.atomic
def confirm_sent(*, delivery_id: int, now: datetime) -> None:
    """It was sent, at the time it was handed over. Raises Conflict unless it is ambiguous."""
    _decide(delivery_id, state=DeliveryState.SENT, sent_at=Coalesce(F("started_at"), now), unrecorded=True)
    record_sent()


@transaction.atomic
def send_again(*, delivery_id: int, now: datetime) -> None:
    """It was not sent: it is due now, with its number of attempts begun anew. Raises Conflict unless ambiguous."""
    _decide(delivery_id, state=DeliveryState.DUE, due_at=now, attempts=0, claimed_by="")


def _decide(delivery_id: int, **fields: object) -> None:
    unclear = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.AMBIGUOUS)
    if not unclear.update(lease_until=None, error="", **fields):
        raise Conflict(_("Somebody has already decided about this message; reload the page."))
