"""REST endpoints: channels, spend and inquiries."""

from acquisition.api.channels import ChannelList
from acquisition.api.inquiries import Inquiries, InquiriesBulk
from acquisition.api.spend import SpendBulk, SpendList

__all__ = ["ChannelList", "Inquiries", "InquiriesBulk", "SpendBulk", "SpendList"]
