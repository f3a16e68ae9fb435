"""Reads of this app."""

from acquisition.queries.costs import ChannelCost, MonthCost, cac_by_channel, cac_by_month
from acquisition.queries.inquiries import inquiries_of
from acquisition.queries.spend import (
    SpendGrid,
    UnknownCode,
    channels_by_code,
    month_grid,
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
    "channels_by_code",
    "inquiries_of",
    "month_grid",
    "unknown_codes",
    "won_without_code",
]
