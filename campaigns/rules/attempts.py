"""When to try again after a temporary failure, and when to give up."""

from datetime import timedelta

PAUSES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
MAX_ATTEMPTS = len(PAUSES) + 1


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts (1 or more); None when it is time to give up."""
    return PAUSES[attempts - 1] if attempts < MAX_ATTEMPTS else None
