"""Reading the files of pages, and holding them against the cells of a spreadsheet."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import translation

Row = dict[str, Any]


def table(client: Client, page: str, code: str, *args: int, **query: str) -> list[Row]:
    """A table of a page as its file tells it: rows by the names of the columns."""
    answer = client.get(reverse(page, args=args), {**query, "table": code, "format": "csv"})
    assert answer.has_header("Content-Disposition"), f"{page} has no table {code}"
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def money(value: float) -> Decimal:
    return Decimal(repr(round(value, 2))).quantize(Decimal("0.01"))


def told(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


def expected(value: Any) -> Decimal | None:
    return None if value == "" else money(value)


def near(cell: str, value: Any) -> bool:
    """A ratio: the file gives six decimals of it."""
    return cell == "" if value == "" else cell != "" and abs(float(cell) - value) < 1e-6


def english(write: Callable[[], Any]) -> str:
    """A word of ours in the language of the manager; each request leaves the language to the next one."""
    with translation.override("en"):
        return str(write())
