"""REST endpoints: channels, spend and inquiries."""

from acquisition.api.campaigns import CampaignList
from acquisition.api.channels import ChannelList
from acquisition.api.inquiries import Inquiries, InquiriesBulk
from acquisition.api.spend import SpendBulk, SpendList

__all__ = ["CampaignList", "ChannelList", "Inquiries", "InquiriesBulk", "SpendBulk", "SpendList"]
