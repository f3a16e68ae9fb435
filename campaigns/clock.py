"""The time that was passed in, going on."""

import time
from datetime import datetime, timedelta


class Clock:
    """Starts at a given moment and runs from there.

    Sending a batch takes long enough for its first moment to grow old: leases would end while their sender
    is at work.
    """

    def __init__(self, now: datetime) -> None:
        self._start = now
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._began

    @property
    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.seconds)
