"""What becomes of a message at the moment of sending."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Contact pressure and overdue promises put a message off by a day at a time, and it is given up after a week.
PAUSE = timedelta(days=1)
PATIENCE = timedelta(days=7)


class Fate(StrEnum):
    SEND = "send"
    WAIT = "wait"
    HOLD_BACK = "hold_back"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Circumstances:
    """What is known about one message and its recipient now."""

    now: datetime
    allowed_at: datetime
    """The end of the quiet hours, or `now` outside them."""
    queued_at: datetime
    is_marketing: bool
    waits_for_quiet: bool
    """False for a service e-mail: it wakes nobody up."""
    address: str | None
    left_because: str = ""
    """"ordered" or "over" where the customer has left the flow since the message was queued."""
    suppressed: bool = False
    consented: bool = False
    pressed: bool = False
    owed: bool = False
    """A promise to the recipient is overdue: first it is kept, then they are sold to."""


@dataclass(frozen=True)
class Verdict:
    """`reason` is one of campaigns.models.HeldBack; `until` is set when the message waits."""

    fate: Fate
    reason: str = ""
    until: datetime | None = None


SEND = Verdict(Fate.SEND)


def decide(facts: Circumstances) -> Verdict:
    """Send now, wait, hold back or cancel: the strongest objection decides.

    A service message (a question after an order) needs no consent and does not wait for contact pressure,
    but nothing goes to a suppressed address.
    """
    return next((objection for _question, objection in questions(facts) if objection is not None), SEND)


def questions(facts: Circumstances) -> Iterator[tuple[str, Verdict | None]]:
    """Everything that is asked before a message goes, the strongest first, each with its objection or None."""
    yield "left", Verdict(Fate.CANCEL, facts.left_because) if facts.left_because else None
    yield "no_address", Verdict(Fate.HOLD_BACK, "no_address") if facts.address is None else None
    yield "suppressed", Verdict(Fate.HOLD_BACK, "suppressed") if facts.suppressed else None
    refused = facts.is_marketing and not facts.consented
    yield "no_consent", Verdict(Fate.HOLD_BACK, "no_consent") if refused else None
    is_quiet = facts.waits_for_quiet and facts.allowed_at > facts.now
    yield "quiet", Verdict(Fate.WAIT, until=facts.allowed_at) if is_quiet else None
    yield "promise", _wait(facts, "promise") if facts.is_marketing and facts.owed else None
    yield "pressure", _wait(facts, "pressure") if facts.is_marketing and facts.pressed else None


def _wait(facts: Circumstances, reason: str) -> Verdict:
    if facts.now - facts.queued_at >= PATIENCE:
        return Verdict(Fate.HOLD_BACK, reason)
    return Verdict(Fate.WAIT, until=facts.now + PAUSE)
