"""The case that follows an unhappy answer."""

from datetime import date, datetime, timedelta

# An answer that comes in the evening is called back the next day.
LAST_HOUR_TO_CALL = 16
KEY = "nps:"


def recovery_due(local: datetime) -> date:
    """The day to call an unhappy customer who answered at this moment of the company's day."""
    return local.date() if local.hour < LAST_HOUR_TO_CALL else local.date() + timedelta(days=1)


def recovery_key(invitation_id: int) -> str:
    """The key of the task: one per invitation."""
    return f"{KEY}{invitation_id}"
