"""A customer's own rhythm, and the lifecycle stage judged against it."""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

# The segment's gap counts as much as this many gaps of the customer's own.
PRIOR_GAPS = 2
# With fewer repeat buyers a segment has no rhythm of its own.
MIN_SEGMENT = 30
# A whole kind has one from fewer on: the alternative is the default.
MIN_KIND = 5
# For a base in which nobody has come back yet.
DEFAULT_GAP_DAYS = 90.0

# One customer, or arrays (N,) of many.
Days = TypeVar("Days", float, NDArray[np.float64])


@dataclass(frozen=True)
class Ratios:
    """Days since the last order over the expected gap, from which a stage begins."""

    at_risk: float
    lapsed: float
    lost: float


def expected_gap(purchase_days: Days, days_between: Days, segment_gap: Days) -> Days:
    """Expected days between two purchases.

    (days_between + k x segment_gap) / (n + k), where n = purchase_days - 1 are the gaps seen,
    days_between their sum, and k = PRIOR_GAPS: the mean of the own gaps, drawn to the segment's
    while there are few. It is the posterior mean of the gap of a Poisson buyer with an inverse gamma
    prior (Gelman et al., Bayesian Data Analysis, 3rd ed., sec. 2.6). After one order: the segment's.
    """
    return (days_between + PRIOR_GAPS * segment_gap) / (purchase_days - 1 + PRIOR_GAPS)


def lifecycle(purchase_days: int, days_since: int, gap: float, ratios: Ratios) -> str:
    """new until the second purchase or one expected gap; then by days_since / gap."""
    passed = days_since / gap
    if purchase_days == 1 and passed <= 1:
        return "new"
    if passed < ratios.at_risk:
        return "active"
    if passed < ratios.lapsed:
        return "at_risk"
    return "lapsed" if passed < ratios.lost else "lost"


def segment_gap(gaps: dict[str, float], grade: str) -> float:
    """The grade's gap, or the whole kind's where the grade has none of its own."""
    return gaps.get(grade, gaps.get("", DEFAULT_GAP_DAYS))


def usable_gap(grade: str, repeat_buyers: int) -> bool:
    """Whether a segment's median gap rests on enough repeat buyers; "" is the whole kind."""
    return repeat_buyers >= (MIN_SEGMENT if grade else MIN_KIND)
