"""The cadence and the pressure limits in force."""

from touches.models import Cadence, PressureLimit
from touches.rules.cadence import Regularity
from touches.rules.pressure import Limit

GRADES = ("A", "B", "C", "D", "X")


def cadence_of() -> dict[str, Regularity]:
    """Grade -> how often and how its customers are touched; a grade without regular touches is not there."""
    rows = Cadence.objects.values_list("grade", "days_between", "channel")
    return {grade: Regularity(days, channel) for grade, days, channel in rows}


def limits() -> list[Limit]:
    """How many machine messages a customer may get, shortest span first."""
    return [Limit(messages, days) for messages, days in PressureLimit.objects.values_list("messages", "days")]
