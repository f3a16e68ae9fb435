"""An inquiry as a row or a page shows it: its class in words and colour."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from acquisition.models import Inquiry, InquiryStanding, LeakState
from acquisition.rules.leaks import Facts, State, Terms, state_of
from core.periods import company_day


@dataclass(frozen=True)
class Look:
    """How a class or a kind looks; colour never says it alone."""

    css: str = ""
    icon: str = ""


LOOKS = {
    State.MISSED: Look("chip-bad", icon="phone-off"),
    State.UNCAPTURED: Look("chip-bad", icon="user-question"),
    State.FORGOTTEN: Look("chip-bad", icon="hourglass"),
    State.RECOVERED: Look("chip-good", icon="phone-call"),
    State.IN_WORK: Look("chip-calm", icon="clock"),
    State.KEPT: Look("chip-calm", icon="check"),
    State.ORDERED: Look("chip-good", icon="shopping-bag"),
    State.SPAM: Look(icon="ban"),
}
SIGNS = {
    "call": Look(icon="phone"),
    "form": Look(icon="forms"),
    "visit": Look(icon="building-store"),
    "chat": Look(icon="message-circle"),
}


@dataclass(frozen=True)
class DeskRow:
    """An inquiry with its class: the one concluded, or what can be told of one that came this minute."""

    inquiry: Inquiry
    state: State
    label: str | Promise
    css: str
    icon: str
    sign: str

    @property
    def is_waiting(self) -> bool:
        """Whether somebody should get in touch now."""
        return self.state in (State.MISSED, State.FORGOTTEN)


def as_row(inquiry: Inquiry, terms: Terms, now: datetime) -> DeskRow:
    """The inquiry with its class in words."""
    standing: InquiryStanding | None = getattr(inquiry, "standing", None)
    is_fresh = standing is None or standing.seen_at != inquiry.updated_at
    state = _told(inquiry, terms, now) if is_fresh or standing is None else State(standing.state)
    look = LOOKS[state]
    return DeskRow(inquiry, state, LeakState(state.value).label, look.css, look.icon, SIGNS[inquiry.kind].icon)


def _told(inquiry: Inquiry, terms: Terms, now: datetime) -> State:
    """By what stands in the inquiry itself: the tick has not looked at its contacts yet."""
    called = inquiry.calls_out.filter(is_answered=True).order_by("at").first()
    facts = Facts(
        kind=inquiry.kind,
        at=inquiry.at,
        happened_on=inquiry.happened_on,
        is_answered=inquiry.is_answered,
        is_captured=inquiry.contact_captured,
        is_spam=inquiry.is_spam,
        has_order=inquiry.order_id is not None,
        next_step_on=inquiry.next_step_on,
        contacted_at=called.at if called else None,
        met_on=company_day(called.at) if called else None,
    )
    return state_of(facts, terms, now, company_day(now))
