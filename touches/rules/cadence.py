"""When the next regular touch of a customer falls due."""

from dataclasses import dataclass
from datetime import date, timedelta

# Regular touches keep a relation alive; a lost one is the business of win-back flows.
LOST = "lost"


@dataclass(frozen=True)
class Regularity:
    """How often a grade is touched (days), and on which channel."""

    days_between: int
    channel: str


def effective_grade(grade: str, is_x: bool) -> str:
    """The grade whose cadence applies: the mark X stands over the letter."""
    return "X" if is_x else grade


def next_touch_on(
    regularity: Regularity | None, *, last_touch: date | None, last_order: date | None, lifecycle: str
) -> date | None:
    """The day the next regular touch is due; None where no regular touches are kept.

    The days run from the last touch by a person; from the last order while nobody has touched the customer.
    """
    start = last_touch or last_order
    if regularity is None or start is None or lifecycle == LOST:
        return None
    return start + timedelta(days=regularity.days_between)
