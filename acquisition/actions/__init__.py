"""Writes of this app."""

from acquisition.actions.attribution import attribute_customers, count_won
from acquisition.actions.campaigns import save_campaign
from acquisition.actions.channels import open_channel, save_channel
from acquisition.actions.desk import (
    Noted,
    answer_inquiry,
    change_inquiry,
    record_at_desk,
    set_leak_policy,
    take_inquiry,
)
from acquisition.actions.desk_contacts import open_inquiry_contact
from acquisition.actions.inquiries import InquiryResult, inquiry_fault_text, record_inquiries
from acquisition.actions.ordered import link_orders
from acquisition.actions.retention import set_retention_spend
from acquisition.actions.rule import follow_touches, save_rule
from acquisition.actions.spend import SpendRow, clear_spend, copy_spend, record_spend, repeated, set_spend

__all__ = [
    "InquiryResult",
    "Noted",
    "SpendRow",
    "answer_inquiry",
    "attribute_customers",
    "change_inquiry",
    "clear_spend",
    "copy_spend",
    "count_won",
    "follow_touches",
    "inquiry_fault_text",
    "link_orders",
    "open_channel",
    "open_inquiry_contact",
    "record_at_desk",
    "record_inquiries",
    "record_spend",
    "repeated",
    "save_campaign",
    "save_channel",
    "save_rule",
    "set_leak_policy",
    "set_retention_spend",
    "set_spend",
    "take_inquiry",
]
