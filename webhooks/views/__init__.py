"""Pages of this app, for administrators only."""

from webhooks.views.deliveries import webhook_again, webhook_delivery
from webhooks.views.subscriptions import (
    webhook,
    webhook_edit,
    webhook_list,
    webhook_new,
    webhook_roll,
    webhook_switch,
    webhook_test,
)

__all__ = [
    "webhook",
    "webhook_again",
    "webhook_delivery",
    "webhook_edit",
    "webhook_list",
    "webhook_new",
    "webhook_roll",
    "webhook_switch",
    "webhook_test",
]
