"""Lists as files: CSV as a stream, XLSX in a file, both in memory that does not grow with the list."""

import csv
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

# What a table program takes for the beginning of a formula; the wide forms are read as the narrow ones.
FORMULA = frozenset("=+-@＝＋－＠\t\r\n")
_SIGNED_NUMBER = re.compile(r"[+-]\d+(?:[.,]\d+)*")
_SKIPPED = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
MOST_SHEET_ROWS = 1_048_575
MOST_IN_CELL = 32_767
ROWS_AT_ONCE = 500


def harmless(cell: str) -> str:
    """The cell as a table program will show it and not run it: with a quote before what could be a formula.

    Signed numbers stay numbers. Blanks and invisible characters before the sign do not hide it.
    """
    first = next((char for char in cell if char in FORMULA or not _is_skipped(char)), "")
    return f"'{cell}" if first in FORMULA and not _SIGNED_NUMBER.fullmatch(cell) else cell


def _is_skipped(char: str) -> bool:
    return unicodedata.category(char) in _SKIPPED


@dataclass(frozen=True)
class Style:
    """How a language's table programs read a CSV."""

    separator: str
    decimal: str
    day: str
    moment: str
    yes: str
    no: str


def style_of(language: str) -> Style:
    """Russian Excel expects semicolons and decimal commas."""
    if language == "ru":
        return Style(";", ",", "%d.%m.%Y", "%d.%m.%Y %H:%M", _("yes"), _("no"))
    return Style(",", ".", "%Y-%m-%d", "%Y-%m-%d %H:%M", _("yes"), _("no"))


class _Lines:
    """The file that csv.writer writes to: what it was given last."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> int:
        self.parts.append(text)
        return len(text)

    def take(self) -> bytes:
        text, self.parts = "".join(self.parts), []
        return text.encode()


def csv_stream(header: Sequence[str], rows: Iterable[Sequence[Any]], style: Style) -> Iterator[bytes]:
    """A CSV in UTF-8 with its mark, some hundred rows at a time."""
    lines = _Lines()
    writer = csv.writer(lines, delimiter=style.separator, lineterminator="\r\n")
    lines.write("\ufeff")
    writer.writerow([harmless(name) for name in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([_in_csv(value, style) for value in row])
        if number % ROWS_AT_ONCE == 0:
            yield lines.take()
    yield lines.take()


def _in_csv(value: Any, style: Style) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case bool():
            return style.yes if value else style.no
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}".replace(".", style.decimal)
        case float():
            return f"{Decimal(f'{value:.10g}'):f}".replace(".", style.decimal)
        case datetime():
            return timezone.localtime(value, timezone.get_default_timezone()).strftime(style.moment)
        case date():
            return value.strftime(style.day)
    return harmless(str(value))


def write_xlsx(
    file: IO[bytes],
    *,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    style: Style,
    properties: dict[str, str],
) -> int:
    """A workbook with one sheet; returns the number of rows, MOST_SHEET_ROWS at most.

    properties: of the document, such as title, author, comments.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(file, options)
    workbook.set_properties(properties)
    sheet = workbook.add_worksheet()
    day = workbook.add_format({"num_format": "dd.mm.yyyy" if style.separator == ";" else "yyyy-mm-dd"})
    moment = workbook.add_format({"num_format": "dd.mm.yyyy hh:mm" if style.separator == ";" else "yyyy-mm-dd hh:mm"})
    bold = workbook.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(header):
        sheet.write_string(0, column, harmless(name), bold)
    number = 0
    for number, row in enumerate(itertools.islice(rows, MOST_SHEET_ROWS), 1):
        for column, value in enumerate(row):
            _write_cell(sheet, number, column, value, style=style, day=day, moment=moment)
    workbook.close()
    return number


def _write_cell(sheet: Any, row: int, column: int, value: Any, *, style: Style, day: Any, moment: Any) -> None:
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(row, column, style.yes if value else style.no)
        case int() | float() | Decimal():
            sheet.write_number(row, column, float(value))
        case datetime():
            local = timezone.localtime(value, timezone.get_default_timezone())
            sheet.write_datetime(row, column, local.replace(tzinfo=None), moment)
        case date():
            sheet.write_datetime(row, column, value, day)
        case _:
            # A longer text would be left out whole, without a word.
            sheet.write_string(row, column, harmless(str(value))[:MOST_IN_CELL])
