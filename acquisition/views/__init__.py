"""Pages of this app."""

from acquisition.views.campaigns import attribution_rule, campaign_edit, campaign_open
from acquisition.views.channels import channel, channel_open
from acquisition.views.spend import spend, spend_cell, spend_copy
from acquisition.views.spend_parts import channel_spend, retention_save, spend_part_clear

__all__ = [
    "attribution_rule",
    "campaign_edit",
    "campaign_open",
    "channel",
    "channel_open",
    "channel_spend",
    "retention_save",
    "spend",
    "spend_cell",
    "spend_copy",
    "spend_part_clear",
]
