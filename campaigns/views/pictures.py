"""Shares with their intervals as positions on a line."""

from dataclasses import dataclass

from campaigns.queries.flow_effect import Effect
from campaigns.rules.effect import Estimate


@dataclass(frozen=True)
class Bar:
    """Places on a line from 0 to 100."""

    low: str
    high: str
    width: str
    value: str


@dataclass(frozen=True)
class Picture:
    treated: Bar
    holdout: Bar


def interval_picture(effect: Effect) -> Picture | None:
    """Both groups' shares on one scale; None while one of them is empty."""
    treated, holdout = effect.treated.share, effect.holdout.share
    if treated is None or holdout is None:
        return None
    top = max(treated.high, holdout.high)
    return Picture(_bar(treated, top), _bar(holdout, top))


def _bar(estimate: Estimate, top: float) -> Bar:
    # As text with a point: templates write numbers in the reader's way, SVG knows one.
    low, value, high = (f"{100 * x / top:.2f}" for x in (estimate.low, estimate.value, estimate.high))
    return Bar(low, high, f"{100 * (estimate.high - estimate.low) / top:.2f}", value)
