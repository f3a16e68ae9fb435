"""Touches by the machine, many at once."""

from collections.abc import Sequence
from datetime import datetime

from customers.actions.rows import insert_rows
from touches.models import Outcome, Touch

# (customer id, channel, time)
Message = tuple[int, str, datetime]
_COLUMNS = ("customer_id", "channel", "outcome", "at", "note", "effects")


def log_messages(*, messages: Sequence[Message]) -> None:
    """Write down messages that the machine has sent; the timeline is told by their sender."""
    sent = Outcome.SENT.value
    rows = [(customer_id, channel, sent, at, "", "{}") for customer_id, channel, at in messages]
    insert_rows(Touch, _COLUMNS, rows)
