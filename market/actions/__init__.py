"""Everything that writes competitors and reasons for leaving."""

from market.actions.competitors import add_competitor, change_competitor
from market.actions.departures import follow_returns, record_departure, take_departure_back
from market.actions.reasons import add_reason, change_reason, move_reason

__all__ = [
    "add_competitor",
    "add_reason",
    "change_competitor",
    "change_reason",
    "follow_returns",
    "move_reason",
    "record_departure",
    "take_departure_back",
]
