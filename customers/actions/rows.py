"""Writing many rows at once, the same way for one row and for ten thousand."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg2.extras import execute_values

# Below this a single INSERT is quicker than the two round trips of COPY.
COPY_FROM = 40
Rows = Sequence[Sequence[Any]]


def next_ids(counts: Mapping[type[Model], int]) -> dict[type[Model], list[int]]:
    """Ids taken from the tables' sequences, so that rows that refer to each other can be written in bulk."""
    ids: dict[type[Model], list[int]] = {model: [] for model in counts}
    wanted = [(model, count) for model, count in counts.items() if count]
    if wanted:
        part = "SELECT %s, nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        params = [value for i, (model, n) in enumerate(wanted) for value in (i, model._meta.db_table, n)]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join([part] * len(wanted)), params)
            for index, id_ in cursor.fetchall():
                ids[wanted[index][0]].append(id_)
    return ids


class Writes:
    """Inserts gathered and sent together: a few rows of many tables cost one round trip, many rows go by COPY.

    Foreign keys are checked at the end of the transaction, so the order of tables does not matter.
    """

    def __init__(self) -> None:
        self.few: list[tuple[str, Rows]] = []
        self.many: list[tuple[str, Rows]] = []

    def add(self, model: type[Model], columns: Sequence[str], rows: Rows, nullable: Collection[str] = ()) -> None:
        """Plain values (money in minor units), None only in `nullable` columns."""
        if not rows:
            return
        table = f'"{model._meta.db_table}"'
        names = ", ".join(f'"{column}"' for column in columns)
        if len(rows) < COPY_FROM:
            self.few.append((f"INSERT INTO {table} ({names}) VALUES ", rows))  # noqa: S608
        else:
            self.many.append((_copy_statement(table, names, nullable), rows))

    def send(self) -> None:
        """Write everything that was gathered."""
        with connection.cursor() as cursor:
            if self.few:
                cursor.execute("; ".join(_statement(cursor, start, rows) for start, rows in self.few))
            for statement, rows in self.many:
                cursor.copy_expert(statement, _as_csv(rows))
        self.few, self.many = [], []


def insert_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Rows,
    nullable: Collection[str] = (),
    into: Writes | None = None,
) -> None:
    """Insert rows now, or gather them into writes that will be sent together."""
    writes = into or Writes()
    writes.add(model, columns, rows, nullable)
    if into is None:
        writes.send()


def _statement(cursor: Any, start: str, rows: Rows) -> str:
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    # The text is complete; a percent sign in it is no placeholder, as it is executed without parameters.
    return start + ", ".join(cursor.mogrify(row, values).decode() for values in rows)


def _copy_statement(table: str, names: str, nullable: Collection[str]) -> str:
    # The csv module quotes an empty string and None alike; FORCE_NULL says where it means NULL.
    force = f", FORCE_NULL ({', '.join(nullable)})" if nullable else ""
    return f"COPY {table} ({names}) FROM STDIN (FORMAT csv{force})"


def _as_csv(rows: Sequence[Sequence[Any]]) -> io.StringIO:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC).writerows(rows)
    buffer.seek(0)
    return buffer


def update_rows(statement: str, rows: Sequence[Sequence[Any]], template: str) -> None:
    """`UPDATE … FROM (VALUES %s)` over any number of rows."""
    if rows:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, statement, rows, template=template, page_size=1000)
