"""A file's rows, laid into a temporary table and read back in the order of their orders.

The lines of one order may stand anywhere in a file, and a file may be larger than the memory: the
database sorts them.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection

_TABLE = """
    DROP TABLE IF EXISTS import_row;
    CREATE TEMPORARY TABLE import_row (line bigint, order_key text, cells text)"""
_COPY = "COPY import_row FROM STDIN (FORMAT csv)"
_CURSOR = """
    DECLARE import_rows NO SCROLL CURSOR WITH HOLD FOR
    SELECT line, order_key, cells,
           row_number() OVER (PARTITION BY order_key ORDER BY line) AS nth,
           min(line) OVER (PARTITION BY order_key) AS first
    FROM import_row ORDER BY first, line"""
_CURSOR_IN_ORDER = _CURSOR.replace("ORDER BY first, line", "ORDER BY line")
PORTION = 5000


@dataclass(frozen=True, slots=True)
class Staged:
    """A row of the file. `nth` among the rows with its key; `first` is the first line with that key."""

    line: int
    key: str
    cells: list[str]
    nth: int
    first: int


def stage(rows: Iterable[tuple[int, str, list[str]]]) -> int:
    """Lay (line, order key, cells) into the temporary table; returns how many."""
    rows = iter(rows)
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        while portion := list(islice(rows, PORTION)):
            # PostgreSQL cannot hold NUL, JSON can: the row is refused later, with its reason.
            buffer = io.StringIO()
            writer = csv.writer(buffer)
            writer.writerows((line, f"k{key}".replace("\0", "�"), json.dumps(cells)) for line, key, cells in portion)
            buffer.seek(0)
            cursor.copy_expert(_COPY, buffer)
            count += len(portion)
        cursor.execute("ANALYZE import_row")
    return count


def staged(*, grouped: bool) -> Iterator[Staged]:
    """The rows: orders in the order of their first lines, each with its lines together; or as in the file."""
    with connection.cursor() as cursor:
        cursor.execute(_CURSOR if grouped else _CURSOR_IN_ORDER)
        try:
            while True:
                cursor.execute(f"FETCH {PORTION} FROM import_rows")
                portion = cursor.fetchall()
                if not portion:
                    break
                for line, key, cells, nth, first in portion:
                    yield Staged(line, key[1:], json.loads(cells), nth, first)
        finally:
            cursor.execute("CLOSE import_rows; DROP TABLE import_row")
