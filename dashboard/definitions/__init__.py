"""What each figure means: its words, its formula, and where the numbers of the policy in force stand in it."""

from dashboard.definitions import acquisition, base, cohorts, grades, leaks, ltv, market, value
from dashboard.definitions.base import Definition, PolicyLine

__all__ = ["DEFINITIONS", "Definition", "PolicyLine"]

# A module of definitions per topic; a code is used once.
_TOPICS: tuple[tuple[Definition, ...], ...] = (
    base.DEFINITIONS,
    acquisition.DEFINITIONS,
    ltv.DEFINITIONS,
    value.DEFINITIONS,
    grades.DEFINITIONS,
    cohorts.DEFINITIONS,
    leaks.DEFINITIONS,
    market.DEFINITIONS,
)

DEFINITIONS: dict[str, Definition] = {each.code: each for topic in _TOPICS for each in topic}
