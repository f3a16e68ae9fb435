"""Telephonies: each tells of calls in its own way, and all come out as `Call`."""

from platforms.rules.telephony import generic, mango, twilio, uis

__all__ = ["generic", "mango", "twilio", "uis"]
