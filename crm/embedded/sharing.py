"""Lending the embedded servers to several processes at once."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from crm.embedded.locks import KEEPER, START, USERS, Lock, is_free

PROJECT = Path(__file__).resolve().parent.parent.parent
# Recovery after a power cut replays the write-ahead log: minutes on a large base.
START_SECONDS = 600
STOP_SECONDS = 60


class EmbeddedServersError(Exception):
    """The embedded servers could not be started; the message says why."""


@contextlib.contextmanager
def servers(var: Path) -> Iterator[None]:
    """Have PostgreSQL and Valkey running at their addresses under `var` for the duration of the block.

    Servers that already run are used; the last user to leave has them stopped. Raises EmbeddedServersError.
    """
    run = var / "run"
    try:
        run.mkdir(parents=True, exist_ok=True)
        users = Lock(run / USERS)
    except PermissionError as error:
        raise EmbeddedServersError(f"{run} belongs to another user: {error.strerror}.") from error
    # Waits here while a keeper whose last user has left is stopping its servers.
    users.share()
    try:
        _start_keeper_unless_it_runs(var)
        yield
    finally:
        _leave(users, run)


def keeper_runs(var: Path) -> bool:
    """Whether a keeper owns the servers of `var` at this moment."""
    return not is_free(var / "run" / KEEPER)


def _start_keeper_unless_it_runs(var: Path) -> None:
    starting = Lock(var / "run" / START)
    starting.own()
    try:
        if not keeper_runs(var):
            _start_keeper(var)
    finally:
        starting.close()


def _start_keeper(var: Path) -> None:
    run = var / "run"
    (run / "ready").unlink(missing_ok=True)
    log_path = var / "log" / "servers.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("w") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "crm.embedded.keeper", str(var)],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not (run / "ready").exists():
        if keeper.poll() is not None or time.monotonic() > deadline:
            raise EmbeddedServersError(_last_line(log_path))
        time.sleep(0.05)


def _last_line(path: Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"The embedded servers did not start; see {path.parent}."


def _leave(users: Lock, run: Path) -> None:
    """Give the servers back; when nobody else has them, see them stopped before going on."""
    last = users.own(wait=False)
    if last and not is_free(run / KEEPER):
        with contextlib.suppress(ProcessLookupError, ValueError):
            os.kill(int((run / KEEPER).read_text()), signal.SIGTERM)
    # Not the last: then either others use the servers (the lock can be shared) or the keeper has noticed by
    # itself that nobody does, holds the lock alone, and is stopping.
    if last or not users.share(wait=False):
        deadline = time.monotonic() + STOP_SECONDS
        while not is_free(run / KEEPER) and time.monotonic() < deadline:
            time.sleep(0.05)
    users.close()
