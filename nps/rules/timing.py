"""When customers are asked, and how long they may answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# A day to unpack; after two weeks the purchase is not fresh in mind.
ASK_AFTER = timedelta(days=1)
ASK_UNTIL = timedelta(days=14)
# One question per customer in so many days, however often they order.
PAUSE = timedelta(days=90)
LINK_LASTS = timedelta(days=60)
# A slip of the finger, or a second thought after the call, may be corrected by the same link.
MAY_CORRECT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class AskingWindow:
    """Orders fulfilled from `first` to `last` are asked about, not customers asked after `asked_before`."""

    first: datetime
    last: datetime
    asked_before: datetime


def asking_window(now: datetime) -> AskingWindow:
    """Who is asked at this moment."""
    return AskingWindow(now - ASK_UNTIL, now - ASK_AFTER, now - PAUSE)


def link_is_open(invited_at: datetime, now: datetime) -> bool:
    """Whether the link of the message still takes an answer."""
    return now - invited_at <= LINK_LASTS


def may_correct(answered_at: datetime, now: datetime) -> bool:
    """Whether an answer given then may still be changed."""
    return now - answered_at <= MAY_CORRECT_FOR
