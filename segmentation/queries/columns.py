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
PORTION = 4 << 20


class FrameError(ValueError):
    """The rows are not of the announced width: a NULL, or a column of another type."""


def read(select: str, values: Any, columns: dict[str, str]) -> dict[str, NDArray[Any]]:
    """Columns (N,) of a query. `columns` says for each, in order, "int" (bigint) or "float" (float8)."""
    portions = _Portions(columns)
    with connection.cursor() as cursor:
        text = cursor.mogrify(select, values).decode()
        # psycopg2 hands over row by row.
        with io.BufferedWriter(portions, PORTION) as target:
            cursor.copy_expert(f"COPY ({text}) TO STDOUT (FORMAT binary)", target)
            target.flush()
            return portions.columns()


class _Portions(io.RawIOBase):
    """Takes a message as it comes, and keeps of it the columns only: as a whole it is larger than they are."""

    def __init__(self, columns: dict[str, str]) -> None:
        self._frame = _frame(columns)
        self._parts: dict[str, list[NDArray[Any]]] = {name: [] for name in columns}
        self._rest = b""
        self._begins = len(_SIGNATURE)
        self._is_odd = False

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        """Never fails: the connection would be left in the middle of the message."""
        text = self._rest + bytes(data)
        whole = (len(text) - self._begins) // self._frame.itemsize
        if whole > 0:
            self._take(np.frombuffer(text, self._frame, whole, self._begins))
            text, self._begins = text[self._begins + whole * self._frame.itemsize :], 0
        self._rest = text
        return len(data)

    def _take(self, rows: NDArray[Any]) -> None:
        self._is_odd = self._is_odd or any((rows[f"{name}_width"] != 8).any() for name in self._parts)
        for name, parts in self._parts.items():
            parts.append(rows[name].astype(rows[name].dtype.newbyteorder("=")))

    def columns(self) -> dict[str, NDArray[Any]]:
        """What came. Raises FrameError."""
        if self._is_odd or self._rest[self._begins :] != _TRAILER:
            raise FrameError("a NULL, or a column that is neither bigint nor float8")
        return {name: self._joined(name) for name in list(self._parts)}

    def _joined(self, name: str) -> NDArray[Any]:
        parts = self._parts.pop(name)
        return np.concatenate(parts) if parts else np.zeros(0, self._frame[name].newbyteorder("="))


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
