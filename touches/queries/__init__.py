"""Every read of this app."""

from touches.queries.day import Day, day_of, worklist
from touches.queries.log import reachable_contacts, touches_on, working_people
from touches.queries.pressure import pressed
from touches.queries.ranking import Place
from touches.queries.regulations import GRADES, cadence_of, limits
from touches.queries.rows import Row
from touches.queries.tasks import open_tasks, tasks_for

__all__ = [
    "GRADES",
    "Day",
    "Place",
    "Row",
    "cadence_of",
    "day_of",
    "limits",
    "open_tasks",
    "pressed",
    "reachable_contacts",
    "tasks_for",
    "touches_on",
    "working_people",
    "worklist",
]
