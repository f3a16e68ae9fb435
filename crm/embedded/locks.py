"""The locks of `var/run`. The kernel drops them when their process ends, so that none is ever stale."""

import fcntl
import os
from pathlib import Path

USERS = "users.lock"
KEEPER = "keeper.lock"
START = "start.lock"


class Lock:
    """One lock file, opened; `flock` semantics: many may share it, or one has it alone."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self, *, wait: bool = True) -> bool:
        """Take the lock together with others; returns whether it was taken."""
        return self._take(fcntl.LOCK_SH, wait=wait)

    def own(self, *, wait: bool = True) -> bool:
        """Take the lock alone; returns whether it was taken. A shared hold is given up either way."""
        return self._take(fcntl.LOCK_EX, wait=wait)

    def close(self) -> None:
        """Let go."""
        os.close(self.descriptor)

    def _take(self, kind: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(self.descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock."""
    lock = Lock(path)
    try:
        return lock.own(wait=False)
    finally:
        lock.close()
