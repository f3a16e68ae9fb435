"""Writes of this app."""

from webhooks.actions.deliveries import forget_deliveries, send_again, send_test
from webhooks.actions.sending import Tally, send_batch, sweep_dead_senders
from webhooks.actions.subscriptions import change_subscription, roll_secret, subscribe, switch

__all__ = [
    "Tally",
    "change_subscription",
    "forget_deliveries",
    "roll_secret",
    "send_again",
    "send_batch",
    "send_test",
    "subscribe",
    "sweep_dead_senders",
    "switch",
]
