"""Who is worked on today, why, and in which order.

Order. Every customer gets a score:

    score = log10(1 + value at risk) + pull of the strongest reason + lateness

Value at risk leads, and one point is a tenfold of it: the pull says how many tens of times more money a plain
regular touch would have to stand for to come first (an unhappy customer, 3 points, goes beside a regular
touch of a customer with a thousand times more at risk). Lateness adds a point per 15 days past due, at
most 2, so that nothing waits for ever and nothing old drowns what is new.

The worklist itself is ranked by one SQL statement (`touches/queries/ranking.sql`) that takes its numbers
from here.
"""

import math
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class ReasonKind(StrEnum):
    """Why a customer stands on the list: an open task of a kind, or what the base itself says."""

    RECOVER = "recover"
    PROMISE = "promise"
    CALL_BACK = "call_back"
    LEAK = "leak"
    WIN_BACK = "win_back"
    MANUAL = "manual"
    AT_RISK = "at_risk"
    CADENCE = "cadence"


PULL = {
    ReasonKind.RECOVER: 3.0,
    ReasonKind.PROMISE: 2.8,
    # They asked us, and most of them ask somebody else within the day.
    ReasonKind.LEAK: 2.9,
    ReasonKind.CALL_BACK: 2.5,
    ReasonKind.WIN_BACK: 1.5,
    ReasonKind.MANUAL: 1.5,
    ReasonKind.AT_RISK: 1.0,
    ReasonKind.CADENCE: 0.0,
}
DAYS_PER_POINT = 15
MOST_LATENESS = 2.0
LEAVING = frozenset({"at_risk", "lapsed"})
# A customer who is leaving comes back to the list after a week, not the day after a call.
LEAVING_PAUSE_DAYS = 7
# What one person gets through in a day; progress is shown against it while more than that is due.
DAY_PLAN = 40


class Reason(NamedTuple):
    """One reason with its due day; the task that gave it, if one did."""

    kind: ReasonKind
    due_on: date
    task_id: int | None = None
    note: str = ""

    def days_late(self, as_of: date) -> int:
        return max(0, (as_of - self.due_on).days)


class Candidate(NamedTuple):
    """What is known of a customer who may be worked on today."""

    customer_id: int
    value_at_risk: Decimal
    grade: str
    lifecycle: str
    last_touch: date | None
    next_touch_on: date | None
    # Open tasks that are due, and open promises to call back, due or not.
    tasks: tuple[Reason, ...] = ()


class WorkItem(NamedTuple):
    """One row of the worklist: a customer with every reason merged, strongest first.

    `place` sorts the list: the greatest score first, the older customer first among equals.
    """

    place: tuple[float, int]
    candidate: Candidate
    reasons: tuple[Reason, ...]

    @property
    def customer_id(self) -> int:
        return self.candidate.customer_id


def reasons_for(candidate: Candidate, as_of: date) -> list[Reason]:
    """Every reason to work on the customer on the day, strongest first; none when the day is not theirs.

    A customer touched today is done with. One who named a later day is left alone until then,
    save for tasks that are due.
    """
    if candidate.last_touch is not None and candidate.last_touch >= as_of:
        return []
    found = [task for task in candidate.tasks if task.due_on <= as_of]
    if not any(task.kind is ReasonKind.CALL_BACK and task.due_on > as_of for task in candidate.tasks):
        found.extend(_reasons_of_the_base(candidate, as_of))
    if len(found) > 1:
        found.sort(key=lambda reason: (-PULL[reason.kind], reason.due_on, reason.task_id or 0))
    return found


def _reasons_of_the_base(candidate: Candidate, as_of: date) -> Iterable[Reason]:
    if is_leaving(candidate.lifecycle, candidate.value_at_risk) and _rested(candidate.last_touch, as_of):
        yield Reason(ReasonKind.AT_RISK, as_of)
    next_touch_on = candidate.next_touch_on
    if next_touch_on is not None and next_touch_on <= as_of:
        yield Reason(ReasonKind.CADENCE, next_touch_on)


def is_leaving(lifecycle: str, value_at_risk: Decimal) -> bool:
    """Whether the customer is on the way out with something to lose."""
    return lifecycle in LEAVING and value_at_risk > 0


def _rested(last_touch: date | None, as_of: date) -> bool:
    return last_touch is None or (as_of - last_touch).days >= LEAVING_PAUSE_DAYS


def score(value_at_risk: Decimal, reasons: Sequence[Reason], as_of: date) -> float:
    """The place in the list, greater first; see the formula above. Rounded so that it survives an address.

    `reasons` come strongest first, and there is at least one.
    """
    late = (as_of - min([reason.due_on for reason in reasons])).days
    stake = math.log10(1 + max(0.0, float(value_at_risk)))
    return round(stake + PULL[reasons[0].kind] + min(MOST_LATENESS, max(0, late) / DAYS_PER_POINT), 6)


def ranked(candidates: Iterable[Candidate], as_of: date) -> list[WorkItem]:
    """The day's list: customers with a reason, ranked."""
    items = []
    for candidate in candidates:
        if reasons := reasons_for(candidate, as_of):
            place = (-score(candidate.value_at_risk, reasons, as_of), candidate.customer_id)
            items.append(WorkItem(place, candidate, tuple(reasons)))
    return sorted(items)


def day_plan(done: int, left: int) -> int:
    """How many customers make the day: all that are due, up to a day's work."""
    return max(done, min(done + left, DAY_PLAN))
