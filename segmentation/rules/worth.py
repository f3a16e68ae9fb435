"""Value at risk: what of the predicted margin may be lost."""

# Where the method of the forecast does not know who is alive, the stage judges: those at risk may
# still be kept, half of them by assumption, and who has lapsed is half as likely to be.
LEAVING_BY_STAGE = {"new": 0.0, "active": 0.0, "at_risk": 0.5, "lapsed": 0.25, "lost": 0.0}


def value_at_risk(predicted: int, p_alive: float | None, lifecycle: str) -> int:
    """Predicted margin x probability of leaving, in minor units, rounded half up."""
    leaving = LEAVING_BY_STAGE[lifecycle] if p_alive is None else 1 - p_alive
    return int(predicted * leaving + 0.5)
