"""Fields of this app and of those below it; importing them registers them."""

from segmentation.audiences.fields import (
    book,
    campaign,
    contact,
    events,
    first_order,
    grades,
    lists,
    market,
    origin,
    own,
    purchases,
    standing,
    who,
)

__all__ = [
    "book",
    "campaign",
    "contact",
    "events",
    "first_order",
    "grades",
    "lists",
    "market",
    "origin",
    "own",
    "purchases",
    "standing",
    "who",
]
