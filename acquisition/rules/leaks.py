"""What became of an inquiry, and what is lost where nothing did.

Each inquiry is in exactly one class. The first that fits: spam; an order came of it; nobody took it (missed, or
recovered by a call back in time); taken, but no address was left (uncaptured); taken and captured: kept once
somebody got in touch in time, in work while there is time, forgotten after.

    spent on it      = spend of the channel in the month ÷ its inquiries of the month, without spam
    margin expected  = of a customer who has bought: the customer's own forecast
                       of anybody else: share of the channel's inquiries that become orders × LTV of those it won
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from acquisition.rules.cac import CENT

CALLBACK_HOURS = 24
FORGOTTEN_DAYS = 7
ORDER_DAYS = 30
# What comes in writing may be answered within the time to call back, and is not missed until then.
WRITTEN = frozenset({"form", "chat"})
# With fewer inquiries than this a channel's own share says little: that of all channels is taken.
ENOUGH_INQUIRIES = 30


class State(StrEnum):
    SPAM = "spam"
    ORDERED = "ordered"
    RECOVERED = "recovered"
    MISSED = "missed"
    UNCAPTURED = "uncaptured"
    FORGOTTEN = "forgotten"
    IN_WORK = "in_work"
    KEPT = "kept"


LEAKS = (State.MISSED, State.UNCAPTURED, State.FORGOTTEN)


@dataclass(frozen=True)
class Terms:
    """The policy: hours to call back in, days after which nobody's silence is chance, days for an order to come."""

    callback_hours: int = CALLBACK_HOURS
    forgotten_days: int = FORGOTTEN_DAYS
    order_days: int = ORDER_DAYS


@dataclass(frozen=True)
class Facts:
    """What is known of an inquiry.

    contacted_at: the first time afterwards that somebody of the company spoke with the person. met_on: the day of
    the first attempt after it, or on the day of the next step and later where one was set; or the day on which the
    step was done.
    """

    kind: str
    at: datetime
    happened_on: date
    is_answered: bool
    is_captured: bool
    is_spam: bool = False
    has_order: bool = False
    next_step_on: date | None = None
    contacted_at: datetime | None = None
    met_on: date | None = None


def state_of(facts: Facts, terms: Terms, now: datetime, today: date) -> State:
    """The class of an inquiry at a moment; `today` is its day for the company."""
    if facts.is_spam:
        return State.SPAM
    if facts.has_order:
        return State.ORDERED
    until = facts.at + timedelta(hours=terms.callback_hours)
    in_time = facts.contacted_at is not None and facts.contacted_at <= until
    is_written = facts.kind in WRITTEN
    if not facts.is_answered and not (is_written and in_time):
        if in_time:
            return State.RECOVERED
        return State.IN_WORK if is_written and now <= until else State.MISSED
    if not facts.is_captured:
        return State.UNCAPTURED
    begun = facts.next_step_on or facts.happened_on
    # A step "some day" is set on the last day that there is.
    deadline = begun + min(timedelta(days=terms.forgotten_days), date.max - begun)
    if facts.met_on is not None and facts.met_on <= deadline:
        return State.KEPT
    return State.IN_WORK if today <= deadline else State.FORGOTTEN


@dataclass(frozen=True)
class Tally:
    """Captured inquiries that are old enough to have become an order, and those that did."""

    captured: int = 0
    ordered: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.captured + other.captured, self.ordered + other.ordered)

    @property
    def share(self) -> Decimal | None:
        return Decimal(self.ordered) / self.captured if self.captured else None


def conversion(own: Tally, every: Tally) -> Decimal:
    """The share of inquiries that become orders: the channel's own where it has enough, else that of all."""
    share = own.share if own.captured >= ENOUGH_INQUIRIES else every.share
    return share or Decimal(0)


def expected_of_new(share: Decimal, ltv: Decimal) -> Decimal:
    """What somebody new would have brought: share × LTV, to the hundredth."""
    return (share * ltv).quantize(CENT, rounding=ROUND_HALF_UP)
