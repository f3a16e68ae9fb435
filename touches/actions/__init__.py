"""Every write of this app."""

from touches.actions.handover import hand_over, undo_handover
from touches.actions.judging import follow_inquiries, judge_at_night, judge_inquiries, log_calls
from touches.actions.messages import log_messages
from touches.actions.promises import follow_promises
from touches.actions.regulations import set_cadence, set_pressure
from touches.actions.shipping import move_capability
from touches.actions.tasks import change_note, close_task, move_task, open_task
from touches.actions.touch import log_touch, take_back

__all__ = [
    "change_note",
    "close_task",
    "follow_inquiries",
    "follow_promises",
    "hand_over",
    "judge_at_night",
    "judge_inquiries",
    "log_calls",
    "log_messages",
    "log_touch",
    "move_capability",
    "move_task",
    "open_task",
    "set_cadence",
    "set_pressure",
    "take_back",
    "undo_handover",
]
