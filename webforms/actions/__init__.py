"""Writes of this app."""

from webforms.actions.limits import TooMany, take_turn
from webforms.actions.sites import FormData, save_form, save_site
from webforms.actions.submissions import Refusal, Sent, note_limited, submit
from webforms.actions.visits import KEPT_FOR, forget_visits, record_visits

__all__ = [
    "KEPT_FOR",
    "FormData",
    "Refusal",
    "Sent",
    "TooMany",
    "forget_visits",
    "note_limited",
    "record_visits",
    "save_form",
    "save_site",
    "submit",
    "take_turn",
]
