"""Child processes that are watched: started, restarted after a crash, and stopped to the last one."""

import collections
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from crm.embedded.account import Account

CRASHES_ALLOWED = 4
CRASH_WINDOW_SECONDS = 60.0
FIRST_PAUSE_SECONDS = 0.5
STOP_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class PartFailedError(Exception):
    """A part crashed too often to be restarted once more."""

    def __init__(self, part: "Part") -> None:
        self.part = part
        crashes = f"{len(part.crashes)} times within {CRASH_WINDOW_SECONDS:.0f} seconds"
        super().__init__(f"{part.name} ended {crashes} (last: {part.last_exit()}).")


@dataclass
class Part:
    """One program to keep running."""

    name: str
    command: Sequence[str]
    env: dict[str, str] | None = None
    account: Account | None = None
    # A file to write to; without it the output is a pipe that `on_start` reads.
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    inherited: Sequence[int] = ()
    on_start: Callable[["Part"], None] = lambda _part: None
    process: subprocess.Popen[str] | None = None
    crashes: collections.deque[float] = field(default_factory=collections.deque)
    restart_at: float | None = None

    def start(self) -> None:
        """Start the program in a session of its own, to end with this process whatever happens to it."""
        with self._output() as output:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.env,
                text=True,
                errors="replace",
                start_new_session=True,
                pass_fds=self.inherited,
                preexec_fn=_ends_with(os.getpid(), self.stop_signal),
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        self.restart_at = None
        self.on_start(self)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def last_exit(self) -> str:
        """How the program ended last: its exit code or the signal that ended it."""
        code = self.process.returncode if self.process else None
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"

    def note_crash(self, now: float) -> float:
        """Count a crash at `now`; returns the seconds until the next start. Raises PartFailedError."""
        self.crashes.append(now)
        while now - self.crashes[0] > CRASH_WINDOW_SECONDS:
            self.crashes.popleft()
        if len(self.crashes) > CRASHES_ALLOWED:
            raise PartFailedError(self)
        pause = FIRST_PAUSE_SECONDS * 2 ** (len(self.crashes) - 1)
        self.restart_at = now + pause
        return pause

    def signal_stop(self) -> None:
        """Ask the program to end."""
        if self.process is not None and self.is_alive():
            self.process.send_signal(self.stop_signal)

    def kill_remains(self) -> None:
        """End at once whatever is left of the program and of the processes it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _output(self) -> "contextlib.AbstractContextManager[IO[str] | int]":
        if self.log is None:
            return contextlib.nullcontext(subprocess.PIPE)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return self.log.open("a")


def restart_what_ended(parts: Sequence[Part], say: Callable[[str], None]) -> None:
    """Look at each part once: note a crash, start again after the pause. Raises PartFailedError."""
    now = time.monotonic()
    for part in parts:
        if part.is_alive():
            continue
        if part.restart_at is None:
            pause = part.note_crash(now)
            say(f"{part.name} ended ({part.last_exit()}); starting it again in {pause:g} s")
        elif now >= part.restart_at:
            part.kill_remains()
            part.start()


def stop(parts: Sequence[Part], *, seconds: float = STOP_SECONDS, hurry: Callable[[], bool] = lambda: False) -> None:
    """Stop the parts, the last started first, and leave none of their processes behind.

    A part that has not ended after `seconds`, or when `hurry` says so, is killed.
    """
    deadline = time.monotonic() + seconds
    for part in reversed(parts):
        part.signal_stop()
    while any(part.is_alive() for part in parts) and time.monotonic() < deadline and not hurry():
        time.sleep(0.05)
    for part in parts:
        part.kill_remains()


def _ends_with(parent: int, stop_signal: signal.Signals) -> Callable[[], None] | None:
    """For the child, before it becomes the program: Linux is to signal it when its parent dies."""
    if _libc is None:
        return None

    def set_up() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:
            os._exit(1)

    return set_up
