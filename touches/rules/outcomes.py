"""What the outcome of a touch does to the tasks it was made for."""

from datetime import date, timedelta
from enum import Enum

SATURDAY = 5


class Effect(Enum):
    """SETTLES closes the tasks; POSTPONES leaves them open for the next working day."""

    SETTLES = "settles"
    POSTPONES = "postpones"


# The customer was not spoken to, so the work is still to be done.
UNHEARD = frozenset({"no_answer", "wrong_contact"})


def effect_of(outcome: str) -> Effect:
    """Whether the outcome ends the work or leaves it for another day."""
    return Effect.POSTPONES if outcome in UNHEARD else Effect.SETTLES


def next_working_day(day: date) -> date:
    """The first day after `day` that is neither Saturday nor Sunday."""
    following = day + timedelta(days=1)
    while following.weekday() >= SATURDAY:
        following += timedelta(days=1)
    return following
