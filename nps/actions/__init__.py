"""Every write of this app."""

from nps.actions.answering import Recorded, push_response, record_response
from nps.actions.inviting import invite_fulfilled

__all__ = ["Recorded", "invite_fulfilled", "push_response", "record_response"]
