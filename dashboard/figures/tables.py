"""A table of figures: drawn on the page and taken out as a file from the same rows."""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import get_language

from core.exports import csv_stream, style_of, write_xlsx
from core.formats import money_digits
from core.money import exponent, from_minor, to_minor

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# How a column's values are written: words, whole numbers, sums in currency, shares of one, shares with their sign,
# other numbers, how many months (or a word), days, months (their first day), letters of grades, codes of stages.
KINDS = frozenset({"text", "int", "money", "percent", "change", "number", "months", "day", "month", "grade", "stage"})
# Of a ratio in a file: more digits than anybody reads.
RATIO_DECIMALS = 6
Label = str | Promise


@dataclass(frozen=True)
class Column:
    """definition: the code of what explains the figure. digits: decimals of a percent or a number."""

    key: str
    label: Label
    kind: str = "text"
    definition: str = ""
    digits: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of column: {self.kind}")

    @property
    def is_words(self) -> bool:
        return self.kind in {"text", "grade", "stage", "month", "day"}


@dataclass(frozen=True)
class Cell:
    """One figure, and the address of the customers (or rows) behind it. None is not known, which is not nothing."""

    value: str | Promise | int | float | Decimal | date | None
    url: str = ""
    note: Label = ""


@dataclass(frozen=True)
class Table:
    """Rows as long as `columns`; `total` is the last line, of all rows together."""

    code: str
    title: Label
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    empty: Label = ""

    def lines(self) -> Iterator[list[tuple[Column, Cell]]]:
        """Each row as pairs, for the page."""
        for row in self.rows:
            yield list(zip(self.columns, row, strict=True))

    def minors(self) -> list[int | None]:
        """The decimals of the sums of each column: one precision from its top to its total."""
        rows = (*self.rows, self.total) if self.total else self.rows
        return [
            money_digits(value for row in rows if isinstance(value := row[at].value, int | Decimal))
            if column.kind == "money"
            else None
            for at, column in enumerate(self.columns)
        ]

    def values(self) -> list[list[Any]]:
        """Each row and the total as plain values, for a file; words in the language in force."""
        rows = (*self.rows, *([self.total] if self.total else []))
        return [[_plain(column, cell.value) for column, cell in zip(self.columns, row, strict=True)] for row in rows]


def _plain(column: Column, value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Decimal) and column.kind in {"percent", "number"}:
        return round(value, RATIO_DECIMALS).normalize()
    if isinstance(value, Decimal) and column.kind == "money":
        return _whole_units(value)
    return value


def _whole_units(amount: Decimal) -> Decimal:
    """A mean or a share of money has no more digits than money has."""
    digits = amount.as_tuple().exponent
    is_finer = isinstance(digits, int) and -digits > exponent()
    return from_minor(to_minor(amount)) if is_finer else amount


def table_file(request: HttpRequest, tables: Iterable[Table]) -> HttpResponseBase | None:
    """The file that the address asks for by `table` and `format` (csv, xlsx); None where it asks for a page."""
    asked, form = request.GET.get("table", ""), request.GET.get("format", "")
    table = next((each for each in tables if each.code == asked), None)
    if table is None or form not in {"csv", "xlsx"}:
        return None
    style = style_of(get_language() or "")
    header = [str(column.label) for column in table.columns]
    if form == "csv":
        lines = csv_stream(header, table.values(), style)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table.code}.csv"'
        return response
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    write_xlsx(file, header=header, rows=table.values(), style=style, properties={"title": str(table.title)})
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{table.code}.xlsx", content_type=SHEET)
