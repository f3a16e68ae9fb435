"""Every write of this app."""

from campaigns.actions.advancing import advance_flows, leave_ordered
from campaigns.actions.claiming import sweep_dead_senders
from campaigns.actions.editing import FlowSettings, change_flow, save_template, set_active
from campaigns.actions.enrolling import enrol, enrol_by_day
from campaigns.actions.queueing import queue_message
from campaigns.actions.recording import record_sent
from campaigns.actions.resolving import confirm_sent, send_again
from campaigns.actions.sending import send_due
from campaigns.actions.starter import install_win_back
from campaigns.actions.unsubscribing import unsubscribe

__all__ = [
    "FlowSettings",
    "advance_flows",
    "change_flow",
    "confirm_sent",
    "enrol",
    "enrol_by_day",
    "install_win_back",
    "leave_ordered",
    "queue_message",
    "record_sent",
    "save_template",
    "send_again",
    "send_due",
    "set_active",
    "sweep_dead_senders",
    "unsubscribe",
]
