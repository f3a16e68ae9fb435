"""How a file is written and what its columns seem to hold: found by looking, offered to a person to correct."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from customers.actions.imports.kinds import ImportKind, Target
from customers.actions.imports.mapping import Mapping, file_mapping, unique_header
from customers.actions.imports.reader import SHEETS, detect_encoding, detect_separator, read_table
from customers.actions.imports.sheets import sheet_names
from customers.rules.contacts import normalise_email, normalise_phone

LOOKED_AT = 1000
SHOWN = 20

_LONE_COMMA = re.compile(r"[^\d]*-?\d{1,3},\d{3}\D*")
_FRACTION_COMMA = re.compile(r"-?[\d \u00a0]*\d,(?:\d{1,2}|\d{4,})\D{0,4}|-?[\d. \u00a0]*\.\d{3},\d+\D{0,4}")
_FRACTION_DOT = re.compile(r"-?[\d, \u00a0]*\d\.(?:\d{1,2}|\d{4,})\D{0,4}|-?\d{1,3}(?:,\d{3})+\.\d+\D{0,4}")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?:[ T,]+(\d{1,2}):(\d{2})(:\d{2})?)?")
_DASHES = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(:\d{2})?)?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*|\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})(?:\D.*)?|(?:19|20)\d{6}")


@dataclass(frozen=True)
class Shape:
    """What was found. `decimal` and `date_format` are settings of a mapping; "auto" reads every cell seen.

    `ambiguous` names settings ("decimal", "date_format") that the file does not decide, with an example each.
    `guesses`: field -> column. `rows_sample` are cells of the first rows.
    """

    encoding: str
    separator: str
    header: list[str]
    sheets: list[str]
    decimal: str
    date_format: str
    rows_sample: list[list[str]]
    guesses: dict[str, str]
    ambiguous: dict[str, str] = field(default_factory=dict)


def look(path: Path, kind: ImportKind, told: dict[str, Any], region: str) -> Shape:
    """The shape of a file; what `told` (the `file` part of a mapping) says is not looked for. Raises InvalidInput."""
    mapping = file_mapping(told)
    is_sheet = path.suffix.lower() in SHEETS
    encoding = separator = ""
    if not is_sheet:
        encoding = detect_encoding(path) if mapping.encoding == "auto" else mapping.encoding
        separator = mapping.separator or detect_separator(path, encoding)
    header, rows = _table(path, mapping)
    decimal, odd_number = _decimal(rows, mapping)
    date_format, odd_date = _date_format(rows, mapping)
    ambiguous = {"decimal": odd_number, "date_format": odd_date}
    return Shape(
        encoding=encoding,
        separator=separator,
        header=header,
        sheets=sheet_names(path) if is_sheet else [],
        decimal=decimal,
        date_format=date_format,
        rows_sample=rows[:SHOWN],
        guesses=guess(kind, header, rows, region),
        ambiguous={name: example for name, example in ambiguous.items() if example},
    )


def _table(path: Path, mapping: Mapping) -> tuple[list[str], list[list[str]]]:
    reading = read_table(path, mapping)
    rows = [cells for _line, cells in islice(reading, LOOKED_AT + 1)]
    if mapping.columns:
        return list(mapping.columns), rows
    if not rows:
        return [], []
    if mapping.has_header:
        return unique_header(rows[0]), rows[1:]
    return unique_header([""] * len(rows[0])), rows


def _decimal(rows: Sequence[Sequence[str]], mapping: Mapping) -> tuple[str, str]:
    """The decimal sign, and an example of what could be read in two ways.

    A lone comma before three digits is decided by the other numbers of the file.
    """
    if mapping.decimal != "auto":
        return mapping.decimal, ""
    cells = [cell for row in rows for cell in row if any(map(str.isdigit, cell)) and not _DATE.fullmatch(cell)]
    lone = next((cell for cell in cells if _LONE_COMMA.fullmatch(cell)), "")
    if not lone:
        return "auto", ""
    commas = any(_FRACTION_COMMA.fullmatch(cell) for cell in cells)
    dots = any(_FRACTION_DOT.fullmatch(cell) for cell in cells)
    if commas == dots:
        return "auto", lone
    return ("," if commas else "."), ""


def _date_format(rows: Sequence[Sequence[str]], mapping: Mapping) -> tuple[str, str]:
    """The form of dates that need one, and an example of what could be read in two ways."""
    if mapping.date_format != "auto":
        return mapping.date_format, ""
    for form, sign in ((_SLASHES, "/"), (_DASHES, "-")):
        found = [match for row in rows for cell in row if (match := form.fullmatch(cell))]
        if found:
            return _order_of_day(found, sign)
    return "auto", ""


def _order_of_day(found: Sequence[re.Match[str]], sign: str) -> tuple[str, str]:
    day_first = any(int(match[1]) > 12 for match in found)
    month_first = any(int(match[2]) > 12 for match in found)
    doubtful = [match[0] for match in found if int(match[1]) <= 12 and int(match[2]) <= 12]
    if day_first == month_first:
        return "auto", doubtful[0] if doubtful else ""
    order = ("%d", "%m") if day_first else ("%m", "%d")
    year = "%Y" if len(found[0][3]) == 4 else "%y"
    clock = "" if found[0][4] is None else " %H:%M" if found[0][6] is None else " %H:%M:%S"
    return sign.join((*order, year)) + clock, ""


def guess(kind: ImportKind, header: Sequence[str], rows: Sequence[Sequence[str]], region: str) -> dict[str, str]:
    """Field -> column: by what the columns are called, then by what is in them. A column is guessed once."""
    targets = kind.targets
    guesses: dict[str, str] = {}
    free = dict.fromkeys(header)
    for match in (_by_name, _by_word):
        for target in targets:
            if target.name not in guesses and (column := match(target, free)):
                guesses[target.name] = column
                del free[column]
    for name, column in _by_content(targets, header, rows, region).items():
        if name not in guesses and column in free:
            guesses[name] = column
            del free[column]
    return guesses


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("_", " ").replace("ё", "е").split())


def _by_name(target: Target, columns: dict[str, None]) -> str | None:
    names = {_folded(target.name), _folded(str(target.label))}
    return next((column for column in columns if _folded(column) in names), None)


def _by_word(target: Target, columns: dict[str, None]) -> str | None:
    for word in target.words:
        found = next((column for column in columns if _folded(column) == _folded(word)), None)
        if found:
            return found
    return None


def _by_content(
    targets: Sequence[Target], header: Sequence[str], rows: Sequence[Sequence[str]], region: str
) -> dict[str, str]:
    """The first column of e-mails, of phones, of dates, where most cells are such."""
    looks: tuple[tuple[str, Callable[[str], bool]], ...] = (
        ("email", lambda cell: "@" in cell and normalise_email(cell) is not None),
        ("phone", lambda cell: len(cell) >= 10 and normalise_phone(cell, region) is not None),
        ("placed_at", lambda cell: _DATE.fullmatch(cell) is not None),
    )
    found: dict[str, str] = {}
    for place, column in enumerate(header):
        cells = [row[place] for row in rows[:SHOWN] if place < len(row) and row[place]]
        for name, is_such in looks:
            wanted = next((t.name for t in targets if t.name in (name, f"customer.{name}")), None)
            if wanted and wanted not in found and cells and sum(map(is_such, cells)) > 0.8 * len(cells):
                found[wanted] = column
                break
    return found
