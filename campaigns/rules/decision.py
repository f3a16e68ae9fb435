"""What becomes of a message at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Contact pressure puts a message off by a day at a time, and gives it up after a week.
PRESSURE_PAUSE = timedelta(days=1)
PRESSURE_PATIENCE = timedelta(days=7)


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
    if facts.left_because:
        return Verdict(Fate.CANCEL, facts.left_because)
    if facts.address is None:
        return Verdict(Fate.HOLD_BACK, "no_address")
    if facts.suppressed:
        return Verdict(Fate.HOLD_BACK, "suppressed")
    if facts.is_marketing and not facts.consented:
        return Verdict(Fate.HOLD_BACK, "no_consent")
    if facts.waits_for_quiet and facts.allowed_at > facts.now:
        return Verdict(Fate.WAIT, until=facts.allowed_at)
    if facts.is_marketing and facts.pressed:
        return _wait_for_calm(facts)
    return SEND


def _wait_for_calm(facts: Circumstances) -> Verdict:
    if facts.now - facts.queued_at >= PRESSURE_PATIENCE:
        return Verdict(Fate.HOLD_BACK, "pressure")
    return Verdict(Fate.WAIT, until=facts.now + PRESSURE_PAUSE)
