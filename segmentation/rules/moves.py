"""Which way a customer goes between two grades or two stages."""

from segmentation.rules.grades import HIGH_CHECK, MANY_ORDERS

WAYS = ("up", "down", "across", "came", "gone", "same")
# New and active are as far from leaving; then one step each.
_TO_LEAVING = {"new": 0, "active": 0, "at_risk": 1, "lapsed": 2, "lost": 3}


def grade_way(before: str, after: str) -> str:
    """One of WAYS. A is above B and C, D below them; "across" is between B and C. "" is no grade."""
    return _way(before, after, {letter: (letter in HIGH_CHECK) + (letter in MANY_ORDERS) for letter in "ABCD"})


def stage_way(before: str, after: str) -> str:
    """One of WAYS: "up" is back to buying, "down" towards leaving, "across" from new to active. "" is no stage."""
    return _way(before, after, {stage: -steps for stage, steps in _TO_LEAVING.items()})


def _way(before: str, after: str, height: dict[str, int]) -> str:
    if before == after:
        return "same"
    if not before or not after:
        return "came" if after else "gone"
    step = height[after] - height[before]
    return "across" if step == 0 else "up" if step > 0 else "down"
