"""REST endpoints: channels and spend."""

from acquisition.api.channels import ChannelList
from acquisition.api.spend import SpendBulk, SpendList

__all__ = ["ChannelList", "SpendBulk", "SpendList"]
