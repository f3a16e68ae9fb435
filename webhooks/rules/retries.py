"""When to try again: the schedule that Standard Webhooks 1.0 gives as its example, with jitter."""

import email.utils
from datetime import UTC, datetime, timedelta

# Before the second attempt, the third, and so on.
PAUSES = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
MAX_ATTEMPTS = len(PAUSES) + 1
JITTER = 0.1
LONGEST_WISH = timedelta(days=1)
# An address at which nothing arrived for so long is switched off.
SWITCH_OFF_AFTER = timedelta(days=5)


def next_attempt(*, attempts: int, now: datetime, chance: float, wish: timedelta | None = None) -> datetime | None:
    """When to try again after `attempts` attempts; None: give up.

    `chance` from 0 to 1 lengthens the pause by up to a tenth; `wish` is what Retry-After asked for.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    pause = PAUSES[max(attempts, 1) - 1] * (1 + JITTER * chance)
    return now + max(pause, min(wish, LONGEST_WISH) if wish else timedelta())


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for: seconds, or a date; None if it says nothing usable."""
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WISH)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(moment - now, timedelta())


def is_dead(failing_since: datetime | None, now: datetime) -> bool:
    """Whether an address has failed for so long that it is switched off."""
    return failing_since is not None and now - failing_since >= SWITCH_OFF_AFTER
