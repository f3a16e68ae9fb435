"""Writes of this app."""

from acquisition.actions.attribution import attribute_customers, count_won
from acquisition.actions.channels import open_channel, save_channel
from acquisition.actions.inquiries import InquiryResult, inquiry_fault_text, record_inquiries
from acquisition.actions.spend import SpendRow, clear_spend, copy_spend, record_spend, repeated, set_spend

__all__ = [
    "InquiryResult",
    "SpendRow",
    "attribute_customers",
    "clear_spend",
    "copy_spend",
    "count_won",
    "inquiry_fault_text",
    "open_channel",
    "record_inquiries",
    "record_spend",
    "repeated",
    "save_channel",
    "set_spend",
]
