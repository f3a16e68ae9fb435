"""Codes of channels and campaigns as orders and inquiries tell them."""

import re

_PART = re.compile(r"[a-z0-9_-]{1,50}", re.ASCII)


def code_parts(told: str) -> tuple[str, str]:
    """The codes of the channel and of its campaign in `channel/campaign`, lower case; empty where not told."""
    channel, _stroke, campaign = told.strip().lower().partition("/")
    return channel.strip(), campaign.strip()


def told_code(channel: str, campaign: str) -> str:
    """The two codes as one text. A campaign's that no campaign can have is left out."""
    channel, campaign = channel.strip().lower(), campaign.strip().lower()
    return f"{channel}/{campaign}" if channel and _PART.fullmatch(campaign) else channel
