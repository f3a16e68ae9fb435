"""A program of its own: `python unpacking.py FILE MEMORY [SHEET]` writes a workbook's rows to its output.

It is run by its path and imports nothing of Ferma's. It writes, pickled, a list of the names of the sheets, or a text
that says what is wrong; then, if a sheet is named ("" for the first), lists of rows, each (number, cells), and an
empty one.
"""

import os
import pickle
import resource
import sys
from itertools import islice
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

PORTION = 1000


def main(path: str, memory: str, *sheet: str) -> None:
    """Write what was asked for; the memory is the most that may be taken, in bytes."""
    resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = os.fdopen(os.dup(1), "wb")
    try:
        book = CalamineWorkbook.from_path(path)
        _tell(out, book.sheet_names)
        if sheet:
            rows = enumerate(book.get_sheet_by_name(sheet[0] or book.sheet_names[0]).iter_rows(), start=1)
            while portion := list(islice(rows, PORTION)):
                _tell(out, portion)
            _tell(out, [])
    except (CalamineError, OSError, IndexError, ValueError) as error:
        _tell(out, str(error) or type(error).__name__)


def _tell(out: BinaryIO, what: Any) -> None:
    pickle.dump(what, out)
    out.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
