"""Loading many rows: COPY, with foreign keys, unique constraints and secondary indexes put aside meanwhile.

Building an index once over all rows takes a fraction of the time of keeping it up row by row.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import repeat
from typing import Any

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray

NULL = r"\N"

SECONDARY_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[])
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype IN ('f', 'u') AND conrelid = ANY(%s::regclass[]) ORDER BY contype DESC, conname
"""


Column = str | Iterable[Any] | NDArray[Any]


def copy_columns(model: type[models.Model], rows: int, **columns: Column) -> None:
    """COPY columns of equal length into the model's table; a plain string is the same in every row.

    Values go as they are written by `str`, NULL as NULL; tabs, line ends and backslashes must not occur.
    """
    texts = [_texts(column, rows) for column in columns.values()]
    text = io.StringIO("\n".join(map("\t".join, zip(*texts, strict=True))))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN", text)


def _texts(column: Column, rows: int) -> Iterator[str]:
    if isinstance(column, str):
        return repeat(column, rows)
    # Numbers of Python are written several times as fast as those of numpy.
    return map(str, column.tolist() if isinstance(column, np.ndarray) else column)


def set_sequence(model: type[models.Model]) -> None:
    """Let the next id follow the largest one, after rows were loaded with ids of their own."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 0) + 1, false) FROM {table}",  # noqa: S608
            [table],
        )


def gather_statistics(loaded: Sequence[type[models.Model]]) -> None:
    """Tell the planner what was loaded, before anything is asked; it would find out by itself only minutes later."""
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in loaded)}")


@contextmanager
def indexes_built_after(loaded: Sequence[type[models.Model]]) -> Iterator[None]:
    """Drop all of the models' tables but their primary keys; build it again at the end."""
    tables = [model._meta.db_table for model in loaded]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        indexes = _fetch(cursor, SECONDARY_INDEXES, tables)
        constraints = _fetch(cursor, CONSTRAINTS, tables)
        for table, name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _name, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _fetch(cursor: Any, sql: str, tables: list[str]) -> list[tuple[str, ...]]:
    cursor.execute(sql, [tables])
    return cursor.fetchall()
