"""Pages and fragments of this app."""

from touches.views.cadence import cadence
from touches.views.tasks import customer_tasks, task_close, task_create, task_move
from touches.views.touch import touch_log, touch_take_back
from touches.views.worklist import done_today, worklist

__all__ = [
    "cadence",
    "customer_tasks",
    "done_today",
    "task_close",
    "task_create",
    "task_move",
    "touch_log",
    "touch_take_back",
    "worklist",
]
