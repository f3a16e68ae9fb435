"""When somebody's day of reading the base is unusual, and why. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

# Below this nothing is said: small numbers are several times each other by chance.
MUCH = 20
TIMES = 3
MUCH_TAKEN = 100
LATE = 5
# Twenty steps in a row that are nine in ten upward come by chance once in five thousand days.
STEPS = 20
IN_ORDER = 0.9
DAYS_FOR_A_HABIT = 5
WORK_BEGINS, WORK_ENDS = 8, 21


class Why(StrEnum):
    OWN = "own"
    ROLE = "role"
    LIMIT = "limit"
    EXPORT = "export"
    LATE = "late"
    FOREIGN = "foreign"
    SWEEP = "sweep"


@dataclass(frozen=True)
class Day:
    """What one person read on one day.

    opened: different contacts; foreign: those of customers not theirs. exports, taken: lists, and the customers in
    them. late: openings and exports out of hours. steps: openings that went from one customer to another; in_order:
    how many of them went the same way, by number or by name.
    """

    opened: int = 0
    foreign: int = 0
    exports: int = 0
    taken: int = 0
    late: int = 0
    steps: int = 0
    in_order: int = 0


@dataclass(frozen=True)
class Usual:
    """Medians over the days on which there was something; None where there were too few to call it a habit."""

    opened: float | None = None
    taken: float | None = None


def usual(opened: Iterable[int], taken: Iterable[int]) -> Usual:
    """The habit that days show; days without anything do not count."""
    return Usual(_median(opened), _median(taken))


def _median(values: Iterable[int]) -> float | None:
    some = [value for value in values if value > 0]
    return float(median(some)) if len(some) >= DAYS_FOR_A_HABIT else None


def why_unusual(day: Day, *, own: Usual, role: Usual, limit: int | None, has_own_customers: bool) -> list[Why]:
    """Everything that is unusual about a day, the gravest first; nothing for an ordinary one."""
    found = {
        Why.SWEEP: day.steps >= STEPS and day.in_order >= IN_ORDER * day.steps,
        Why.EXPORT: day.taken >= MUCH_TAKEN and (own.taken is None or day.taken > TIMES * own.taken),
        Why.OWN: day.opened >= MUCH and own.opened is not None and day.opened > TIMES * own.opened,
        Why.ROLE: day.opened >= MUCH and role.opened is not None and day.opened > TIMES * role.opened,
        Why.LIMIT: limit is not None and limit > 0 and day.opened >= limit,
        Why.FOREIGN: has_own_customers and day.foreign >= MUCH and 2 * day.foreign > day.opened,
        Why.LATE: day.late >= LATE,
    }
    return [reason for reason, is_so in found.items() if is_so]
