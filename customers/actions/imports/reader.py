"""Reading a table file row by row: CSV in its many forms, gzipped or not, and sheets."""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from customers.actions.imports.mapping import Mapping
from customers.actions.imports.sheets import sheet_rows

SHEETS = {".xlsx", ".xls", ".xlsb", ".ods", ".xlsm"}
TEXTS = {".csv", ".tsv", ".txt", ".gz"}
CHUNK = 1 << 20
SAMPLE_ROWS = 20
TOLD_EVERY = 1000
LONGEST_ROW = 1 << 20
# What reading a gzip raises that is none, cut short, or broken within.
_NO_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)
# (number of the row's last line in the file, its cells)
Row = tuple[int, list[str]]
Progress = Callable[[int], None]


def read_table(path: Path, mapping: Mapping, progress: Progress = lambda _bytes: None) -> Iterator[Row]:
    """The rows of a file, the header first if the mapping does not name the columns; empty rows are left out.

    A CSV is never held whole; a sheet is, as its format demands. Raises InvalidInput if the file is not a
    table of the kind its name says.
    """
    rows = _sheet_rows(path, mapping) if path.suffix.lower() in SHEETS else _text_rows(path, mapping, progress)
    for line, cells in islice(rows, mapping.skip_rows, None):
        if any(cells):
            yield line, cells


def _text_rows(path: Path, mapping: Mapping, progress: Progress) -> Iterator[Row]:
    encoding = detect_encoding(path) if mapping.encoding == "auto" else mapping.encoding
    separator = mapping.separator or detect_separator(path, encoding)
    with path.open("rb") as raw:
        text = io.TextIOWrapper(_unzipped(raw, path), encoding=encoding, newline="")
        try:
            rows = _split_by_spaces(text) if separator == " " else _csv_rows(text, separator)
            for count, row in enumerate(rows):
                if not count % TOLD_EVERY:
                    progress(raw.tell())
                yield row
        except (UnicodeDecodeError, LookupError, *_NO_GZIP) as error:
            raise InvalidInput(_("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error}) from error


def _unzipped(raw: Any, path: Path) -> Any:
    return gzip.open(raw, "rb") if path.suffix.lower() == ".gz" else raw


def _split_by_spaces(text: io.TextIOWrapper) -> Iterator[Row]:
    unread = [0]
    for number, line in enumerate(_lines(text, unread), start=1):
        unread[0] = 0
        yield number, line.split()


def _lines(file: io.TextIOWrapper, unread: list[int]) -> Iterator[str]:
    """Lines, as long as no row is longer than any real one: a small packed file may hold a line of terabytes.

    `unread` holds the characters since the last whole row; who cuts rows sets it back.
    """
    while line := file.readline(LONGEST_ROW + 1):
        unread[0] += len(line)
        if unread[0] > LONGEST_ROW:
            raise InvalidInput(
                _("A row is longer than %(limit)s characters: this is not a table.") % {"limit": LONGEST_ROW}
            )
        yield line


def _csv_rows(text: io.TextIOWrapper, separator: str) -> Iterator[Row]:
    unread = [0]
    reader = csv.reader(_lines(text, unread), delimiter=separator)
    try:
        for cells in reader:
            unread[0] = 0
            yield reader.line_num, [*map(str.strip, cells)]
    except csv.Error as error:
        raise InvalidInput(
            _("Line %(line)s cannot be read: %(error)s. Is a quotation mark left open?")
            % {"line": reader.line_num, "error": error}
        ) from error


def detect_encoding(path: Path) -> str:
    """utf-8, utf-16 by its mark, or cp1251 if the bytes are not UTF-8. The whole file is looked at."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        file = _unzipped(raw, path)
        try:
            chunk = file.read(CHUNK)
            if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1251"
        except _NO_GZIP as error:
            raise InvalidInput(_("%(file)s cannot be read: %(error)s") % {"file": path.name, "error": error}) from error
    return "utf-8-sig"


def detect_separator(path: Path, encoding: str) -> str:
    """The separator that cuts the first rows into the most columns, all rows alike; a comma if none does."""
    with path.open("rb") as raw:
        text = io.TextIOWrapper(_unzipped(raw, path), encoding=encoding, newline="")
        sample: list[str] = []
        while len(sample) < SAMPLE_ROWS and (line := text.readline(LONGEST_ROW)):
            sample += [line] if line.strip() else []
    return max(",;\t|", key=lambda separator: _regularity(sample, separator))


def _regularity(sample: list[str], separator: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(sample, delimiter=separator) if row]
    except csv.Error:
        return 0, 0
    if not widths or max(widths) == 1:
        return 0, 0
    usual = max(set(widths), key=widths.count)
    return (widths.count(usual) if usual > 1 else 0), usual


def _sheet_rows(path: Path, mapping: Mapping) -> Iterator[Row]:
    for number, cells in sheet_rows(path, mapping.sheet):
        yield number, [cell_text(cell, mapping) for cell in cells]


def cell_text(cell: Any, mapping: Mapping) -> str:
    """A sheet's cell as text of the form that the mapping tells to expect."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        # Sheets know only floating point: 1.0 is an id or a count, and was typed as 1.
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
        return text.replace(".", ",") if mapping.decimal == "," else text
    if isinstance(cell, datetime | date):
        return cell.isoformat() if mapping.date_format == "auto" else cell.strftime(mapping.date_format)
    return str(cell)
