"""Every write of connections and their messages."""

from platforms.actions.connections import change_secret, change_settings, connect, forget_old, new_secret, switch
from platforms.actions.processing import claim_due, process, reopen, retry_failed
from platforms.actions.receiving import Receipt, receive, refuse

__all__ = [
    "Receipt",
    "change_secret",
    "change_settings",
    "claim_due",
    "connect",
    "forget_old",
    "new_secret",
    "process",
    "receive",
    "refuse",
    "reopen",
    "retry_failed",
    "switch",
]
