"""Whole columns between PostgreSQL and numpy, by COPY in its binary form.

Rows of numbers have a fixed width there, so that a structured array *is* the message: a million
rows take a fraction of a second and no Python object each. NULLs have no width: use coalesce.
"""

import io
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_KINDS = {"int": ">i8", "float": ">f8"}


class FrameError(ValueError):
    """The rows are not of the announced width: a NULL, or a column of another type."""


def read(select: str, values: Any, columns: dict[str, str]) -> dict[str, NDArray[Any]]:
    """Columns (N,) of a query. `columns` says for each, in order, "int" (bigint) or "float" (float8)."""
    target = io.BytesIO()
    with connection.cursor() as cursor:
        text = cursor.mogrify(select, values).decode()
        cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT binary)", target)
    frame = _frame(columns)
    body = target.getbuffer()[len(_SIGNATURE) : -len(_TRAILER)]
    if len(body) % frame.itemsize:
        raise FrameError(f"rows of {frame.itemsize} bytes do not fill {len(body)} bytes")
    rows = np.frombuffer(body, frame)
    if len(rows) and any((rows[f"{name}_width"] != 8).any() for name in columns):
        raise FrameError("a NULL, or a column that is neither bigint nor float8")
    return {name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in columns}


def write(table: str, columns: dict[str, NDArray[Any]]) -> None:
    """Append rows to a table; the arrays are equally long, integers (bigint) or floats (float8)."""
    kinds = {name: "int" if array.dtype.kind in "iu" else "float" for name, array in columns.items()}
    rows = np.zeros(len(next(iter(columns.values()))), _frame(kinds))
    rows["fields"] = len(columns)
    for name, array in columns.items():
        rows[f"{name}_width"] = 8
        rows[name] = array
    source = io.BytesIO(b"".join((_SIGNATURE, rows.tobytes(), _TRAILER)))
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)", source)


def _frame(columns: dict[str, str]) -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in columns.items():
        fields += [(f"{name}_width", ">i4"), (name, _KINDS[kind])]
    return np.dtype(fields)
