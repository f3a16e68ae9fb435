"""Reads of this app."""

from acquisition.queries.costs import ChannelCost, MonthCost, cac_by_channel, cac_by_month
from acquisition.queries.inquiries import inquiries_of
from acquisition.queries.rule import rule_in_force
from acquisition.queries.spend import (
    SpendGrid,
    UnknownCode,
    campaigns_by_code,
    channels_by_code,
    month_grid,
    parts_of,
    retention_cells,
    unknown_campaigns,
    unknown_codes,
    won_without_code,
)

__all__ = [
    "ChannelCost",
    "MonthCost",
    "SpendGrid",
    "UnknownCode",
    "cac_by_channel",
    "cac_by_month",
    "campaigns_by_code",
    "channels_by_code",
    "inquiries_of",
    "month_grid",
    "parts_of",
    "retention_cells",
    "rule_in_force",
    "unknown_campaigns",
    "unknown_codes",
    "won_without_code",
]
