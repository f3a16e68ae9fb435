"""Real data, which is not the project's to carry: it lies beside the project where it is at hand."""

import os
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared(name: str) -> Path:
    """A file or folder of it. Without it the test is skipped; where everything is to be tested, that is a fault."""
    path = DATA / name
    if not path.exists():
        give_up = pytest.fail if os.environ.get("CI") else pytest.skip
        give_up(f"shared/data/{name} is not there")
    return path
