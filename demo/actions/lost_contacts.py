"""Addresses that stop working month by month, and some that are found again."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from customers.models import ContactChannel, ContactPoint, ContactStatus
from demo.actions.story import Story
from demo.rules.losing import Losses, draw_losses


@dataclass
class LosingContacts:
    """The losses of a year that begins on `first`; `until` moves on, so that each night finds those before it."""

    story: Story
    first: date

    def __post_init__(self) -> None:
        days = (self.story.as_of - self.first).days
        self.losses: Losses = draw_losses(self.story.stream("losing"), len(self.story), max(days, 1))
        self.until = 0

    def until_day(self, day: date) -> None:
        """Let what happened before a day have happened."""
        begin, self.until = self.until, (day - self.first).days
        losses = self.losses
        phones = ContactPoint.objects.filter(channel=ContactChannel.PHONE)
        lost = _ids(losses.everything, losses.everything_day, begin, self.until)
        everything = ContactPoint.objects.filter(customer_id__in=lost, status=ContactStatus.VALID)
        everything.filter(channel=ContactChannel.EMAIL).update(status=ContactStatus.BOUNCED)
        everything.exclude(channel=ContactChannel.EMAIL).update(status=ContactStatus.UNREACHABLE)
        dead = _ids(losses.phone, losses.phone_day, begin, self.until)
        phones.filter(customer_id__in=dead).update(status=ContactStatus.UNREACHABLE)
        found = _ids(losses.everything, losses.found_day, begin, self.until)
        phones.filter(customer_id__in=found).update(status=ContactStatus.VALID)


def _ids(numbers: NDArray[np.int64], days: NDArray[np.int64], begin: int, end: int) -> list[int]:
    """Ids of the customers whose day it was."""
    chosen: list[int] = (numbers[(days >= begin) & (days < end)] + 1).tolist()
    return chosen
