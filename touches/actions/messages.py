"""Touches by the machine, many at once."""

from collections.abc import Sequence
from datetime import datetime

from touches.models import Outcome, Touch

# (customer id, channel, time)
Message = tuple[int, str, datetime]


def log_messages(*, messages: Sequence[Message]) -> None:
    """Write down messages that the machine has sent; the timeline is told by their sender."""
    Touch.objects.bulk_create(
        Touch(customer_id=customer_id, channel=channel, outcome=Outcome.SENT, at=at)
        for customer_id, channel, at in messages
    )
