"""Folders and processes for the tests of the servers and the supervisor."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent


def eventually(condition: Callable[[], object], *, seconds: float = 30) -> bool:
    """Whether the condition comes true within the time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return bool(condition())


def processes_of(folder: Path) -> list[psutil.Process]:
    """The running processes whose command line or environment names the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in word for word in words):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A `var` folder for the module, inside the project's own: pytest's are closed to other accounts."""
    (PROJECT / "var").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="ground-", dir=PROJECT / "var"))
    yield folder
    left = processes_of(folder)
    for process in left:
        process.kill()
    shutil.rmtree(folder)
    assert left == []
