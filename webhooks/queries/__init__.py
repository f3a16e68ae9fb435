"""Reads of this app."""

from webhooks.queries.log import deliveries_of, subscriptions_with_health
from webhooks.queries.payloads import Message, messages

__all__ = ["Message", "deliveries_of", "messages", "subscriptions_with_health"]
