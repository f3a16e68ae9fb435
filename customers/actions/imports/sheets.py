"""Rows of a sheet, read in a process of their own with a limit on its memory.

A sheet of a kilobyte can unpack to terabytes: one cell in the last row and column is enough. The library that
reads sheets then ends its whole process, and no exception comes of it; here that process is a child.
"""

import multiprocessing
import os
import resource
import sys
from collections.abc import Iterator
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from core.errors import InvalidInput

# A million rows of twenty columns take two thirds of it.
MEMORY = 3 << 30
PORTION = 1000
Cells = tuple[int, list[Any]]


def sheet_rows(path: Path, sheet: str) -> Iterator[Cells]:
    """Number of the row in the sheet (from 1) and its cells; the first sheet if none is named.

    Raises InvalidInput for what is no sheet, and for one that unpacks to more than MEMORY bytes.
    """
    # Forked: the child needs nothing but the library that is loaded already.
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_read, args=(str(path), sheet, there), daemon=True)
    child.start()
    there.close()
    try:
        yield from _received(here, path.name)
    finally:
        here.close()
        child.terminate()
        child.join()


def sheet_names(path: Path) -> list[str]:
    """The names of a workbook's sheets. Raises InvalidInput for what is no workbook."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_read_names, args=(str(path), there), daemon=True)
    child.start()
    there.close()
    try:
        return [name for _number, (name,) in _received(here, path.name)]
    finally:
        here.close()
        child.terminate()
        child.join()


def _received(here: Connection, name: str) -> Iterator[Cells]:
    while True:
        try:
            portion = here.recv()
        except EOFError as error:
            text = _("%(file)s unpacks to more than can be read. Save it as CSV.") % {"file": name}
            raise InvalidInput(text) from error
        if isinstance(portion, str):
            raise InvalidInput(_("%(file)s cannot be read: %(error)s") % {"file": name, "error": portion})
        if not portion:
            return
        yield from portion


def _bounded() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.__stderr__.fileno() if sys.__stderr__ else 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read_names(path: str, there: Connection) -> None:
    """In the child: a row for each sheet."""
    _bounded()
    try:
        names = CalamineWorkbook.from_path(path).sheet_names
    except (CalamineError, OSError, ValueError) as error:
        there.send(str(error) or type(error).__name__)
        return
    there.send([(number, [name]) for number, name in enumerate(names)])
    there.send([])


def _read(path: str, sheet: str, there: Connection) -> None:
    """In the child: portions of rows, then an empty one; a text says what was wrong."""
    _bounded()
    try:
        book = CalamineWorkbook.from_path(path)
        found = book.get_sheet_by_name(sheet or book.sheet_names[0])
    except (CalamineError, OSError, IndexError, ValueError) as error:
        there.send(str(error) or type(error).__name__)
        return
    rows = enumerate(found.iter_rows(), start=1)
    while portion := list(islice(rows, PORTION)):
        there.send(portion)
    there.send([])
