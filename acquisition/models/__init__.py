"""Where customers come from, and what that cost."""

from acquisition.models.attribution import (
    Acquisition,
    AttributionModel,
    AttributionRule,
    ChannelWorth,
    CustomerAttribution,
    MonthWon,
)
from acquisition.models.campaign import Campaign
from acquisition.models.channel import Channel, ChannelKind
from acquisition.models.desk import InquiryStanding, LeakPolicy, LeakState, OutgoingCall
from acquisition.models.inquiry import Inquiry, InquiryKind, InquiryQuerySet
from acquisition.models.spend import RetentionKind, RetentionSpend, Spend, SpendKind

__all__ = [
    "Acquisition",
    "AttributionModel",
    "AttributionRule",
    "Campaign",
    "Channel",
    "ChannelKind",
    "ChannelWorth",
    "CustomerAttribution",
    "Inquiry",
    "InquiryKind",
    "InquiryQuerySet",
    "InquiryStanding",
    "LeakPolicy",
    "LeakState",
    "MonthWon",
    "OutgoingCall",
    "RetentionKind",
    "RetentionSpend",
    "Spend",
    "SpendKind",
]
