"""Pages of this app."""

from acquisition.views.channels import channel, channel_open
from acquisition.views.spend import spend, spend_cell, spend_copy

__all__ = ["channel", "channel_open", "spend", "spend_cell", "spend_copy"]
