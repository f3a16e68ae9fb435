"""Competitors, and why customers leave."""

from market.models.competitor import Competitor
from market.models.departure import Departure, DepartureSource
from market.models.reason import LeavingReason

__all__ = ["Competitor", "Departure", "DepartureSource", "LeavingReason"]
