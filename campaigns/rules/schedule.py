"""The calendar of a flow: when a step comes, and until when a passage is measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Schedule:
    """`waits[i]` is the days before step i + 1, counted from the step before it (from entry, for the first).

    `window_days` after the last step an order still counts for the flow.
    """

    waits: Sequence[int]
    window_days: int

    def ends_at(self, entered_at: datetime) -> datetime:
        """Until when a passage is measured: the same for those written to and for the holdout."""
        return entered_at + timedelta(days=sum(self.waits) + self.window_days)

    def next_due(self, position: int, now: datetime) -> datetime | None:
        """When step `position` (1 ...) comes, if the one before it was taken `now`; None after the last."""
        if position > len(self.waits):
            return None
        return now + timedelta(days=self.waits[position - 1])
