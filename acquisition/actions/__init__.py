"""Writes of this app."""

from acquisition.actions.attribution import attribute_customers, count_won
from acquisition.actions.channels import open_channel, save_channel
from acquisition.actions.spend import SpendRow, clear_spend, copy_spend, record_spend, repeated, set_spend

__all__ = [
    "SpendRow",
    "attribute_customers",
    "clear_spend",
    "copy_spend",
    "count_won",
    "open_channel",
    "record_spend",
    "repeated",
    "save_channel",
    "set_spend",
]
