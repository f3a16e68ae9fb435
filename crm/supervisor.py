"""Everything in one terminal: runs the parts, prints their logs behind their names, restarts what crashes."""

import collections
import itertools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from crm.processes import Part, PartFailedError, restart_what_ended, stop

COLOURS = ("36", "32", "33", "35", "34", "31")
LAST_LINES = 15


class Console:
    """The terminal, shared by all parts: whole lines, each behind the name of its part."""

    def __init__(self, names: Sequence[str]) -> None:
        self.width = max(map(len, names))
        self.coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        self.colours = dict(zip(names, itertools.cycle(COLOURS), strict=False))
        self.last = {name: collections.deque[str](maxlen=LAST_LINES) for name in names}
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        """Print one line of a part."""
        prefix = f"{name:<{self.width}} | "
        if self.coloured:
            prefix = f"\x1b[{self.colours.get(name, '0')}m{prefix}\x1b[0m"
        if name in self.last:
            self.last[name].append(text)
        with self._lock:
            print(f"{prefix}{text}", flush=True)

    def read(self, part: Part) -> None:
        """Print what the part writes, from now until it ends, on a thread of its own."""
        stream = part.process.stdout if part.process else None
        if stream is None:
            return

        def copy() -> None:
            for text in stream:
                self.line(part.name, text.rstrip("\n"))

        threading.Thread(target=copy, name=f"log of {part.name}", daemon=True).start()

    def follow(self, name: str, path: Path, stopping: threading.Event) -> None:
        """Print what is written to a log file from now on, on a thread of its own."""
        start = path.stat().st_size if path.exists() else 0

        def copy() -> None:
            position = start
            while not stopping.wait(0.3):
                if not path.exists():
                    continue
                if path.stat().st_size < position:
                    position = 0
                with path.open(errors="replace") as file:
                    file.seek(position)
                    for text in iter(file.readline, ""):
                        self.line(name, text.rstrip("\n"))
                    position = file.tell()

        threading.Thread(target=copy, name=f"log of {name}", daemon=True).start()


class Supervisor:
    """Runs parts until it is asked to stop, or one of them cannot be kept running."""

    def __init__(self, console: Console, ground: Callable[[], str | None] = lambda: None) -> None:
        self.console = console
        # Says what is wrong with what the parts stand on (the embedded servers), or None.
        self.ground = ground
        self.stopping = threading.Event()
        self.parts: list[Part] = []
        self._asked = 0

    def listen_to_signals(self) -> None:
        """Ctrl-C, SIGTERM and a closed terminal stop everything in order; a second Ctrl-C, at once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)

    def complete(self, part: Part) -> bool:
        """Run a program to its end; returns whether it ended well."""
        part.on_start = self.console.read
        part.start()
        self.parts = [part]
        while part.is_alive() and not self.stopping.is_set():
            self.stopping.wait(0.05)
        self._stop_all()
        return part.process is not None and part.process.returncode == 0

    def run(self, parts: Sequence[Part]) -> int:
        """Run the parts until asked to stop; returns the exit code."""
        self.parts = list(parts)
        try:
            for part in self.parts:
                part.on_start = self.console.read
                part.start()
            return self._watch()
        finally:
            self._stop_all()

    def _watch(self) -> int:
        while not self.stopping.wait(0.2):
            fault = self.ground()
            if fault:
                self.console.line("ferma", fault)
                return 1
            try:
                restart_what_ended(self.parts, lambda text: self.console.line("ferma", text))
            except PartFailedError as error:
                self._report(error)
                return 1
        self.console.line("ferma", "stopping")
        return 0

    def _report(self, error: PartFailedError) -> None:
        time.sleep(0.2)  # Its last lines are still on their way through the pipe.
        last = "\n".join(f"    {text}" for text in self.console.last[error.part.name])
        self.console.line("ferma", f"{error} Everything stops. Its last lines were:\n{last}")

    def _stop_all(self) -> None:
        stop(self.parts, hurry=lambda: self._asked > 1)
        self.parts = []

    def _ask_to_stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._asked += 1
        self.stopping.set()
