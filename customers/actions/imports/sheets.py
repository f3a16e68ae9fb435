"""Reading a sheet without trusting it.

A sheet of a kilobyte may unpack to gigabytes: one cell in the last row and column is enough. The library that
reads sheets then ends its whole process, and no exception comes of it; here that process is a child.
"""

import contextlib
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput

# A million rows of twenty columns take two thirds of it.
MEMORY = 3 << 30
PROGRAM = Path(__file__).with_name("unpacking.py")
Cells = tuple[int, list[Any]]


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets. Raises InvalidInput for what is no workbook."""
    with _told(path) as out:
        return _received(out, path.name)


def sheet_rows(path: Path, sheet: str) -> Iterator[Cells]:
    """Number of the row in the sheet (from 1) and its cells; the first sheet if none is named.

    Raises InvalidInput for what is no sheet, and for one that unpacks to more than MEMORY bytes.
    """
    with _told(path, sheet) as out:
        _received(out, path.name)
        while portion := _received(out, path.name):
            yield from portion


@contextlib.contextmanager
def _told(path: Path, *sheet: str) -> Iterator[IO[bytes]]:
    """What the child writes."""
    command = [sys.executable, str(PROGRAM), str(path.resolve()), str(MEMORY), *sheet]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    try:
        yield child.stdout
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def _received(out: IO[bytes], name: str) -> Any:
    try:
        # Written by our own program, which makes lists, texts, numbers and dates alone.
        told = pickle.load(out)  # noqa: S301
    except (EOFError, pickle.UnpicklingError) as error:
        text = _("%(file)s unpacks to more than can be read. Save it as CSV.") % {"file": name}
        raise InvalidInput(text) from error
    if isinstance(told, str):
        raise InvalidInput(_("%(file)s cannot be read: %(error)s") % {"file": name, "error": told})
    return told
