"""Undoing a change set: its changes taken back from the last to the first, as far as nobody has built on them.

A row that was changed since, or that newer rows refer to, stays as it is and is reported; the rest goes back.
Attributes of a model class say how its rows behave here, each naming nothing but itself:
`is_derived` (computed again by itself: goes with what it was computed from), `goes_with_customer` (holds nobody
back), `stays_with_customer` (inserted with a customer who has to stay: stays too), `part_of` (the key of the row
without which it means nothing: comes and goes with it) and `lets_go_of` (a key that the machine fills in and concludes
again: that it was filled in changes nothing, and what it refers to may go).
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _

from core.errors import Conflict
from core.journal import keeping
from core.journal.keeping import goes_along, has_constraint, lets_go, model_of, references
from core.journal.sets import change_set
from core.journal.sql import IGNORED
from core.models import ChangeKind, ChangeSet, User

SHOWN = 100
# Rows taken away by one statement.
AT_ONCE = 50_000

_RUNS = """
    SELECT table_name, operation, min(id), max(id) FROM (
        SELECT id, table_name, operation, row_number() OVER (ORDER BY id)
               - row_number() OVER (PARTITION BY table_name, operation ORDER BY id) AS island
        FROM core_change WHERE change_set_id = %s AND operation <> 'I'
    ) c GROUP BY table_name, operation, island ORDER BY max(id) DESC"""
_RESTORE = """
    WITH mine AS (
        SELECT id, row_id, before, row_number() OVER (PARTITION BY row_id ORDER BY id DESC) AS nth
        FROM core_change c
        WHERE change_set_id = %(set)s AND table_name = %(table)s AND operation = 'U' AND id BETWEEN %(lo)s AND %(hi)s
        AND NOT EXISTS (SELECT FROM undo_id u WHERE u.table_name = c.table_name AND u.row_id = c.row_id)
        AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.table_name = c.table_name AND k.row_id = c.row_id)
    ), back AS (
        UPDATE {table} x SET ({columns}) = (SELECT {values} FROM jsonb_populate_record(x, m.before) r)
        FROM mine m WHERE m.nth = %(nth)s AND x.{pk} = m.row_id
        RETURNING m.row_id
    )
    SELECT (SELECT count(*) FROM mine WHERE nth = %(nth)s), (SELECT count(*) FROM back)"""
_REVIVE = """
    WITH mine AS (
        SELECT (jsonb_populate_record(NULL::{table}, c.before)).* FROM core_change c
        WHERE c.change_set_id = %(set)s AND c.table_name = %(table)s AND c.operation = 'D'
        AND c.id BETWEEN %(lo)s AND %(hi)s
        AND NOT EXISTS (SELECT FROM undo_id u WHERE u.table_name = c.table_name AND u.row_id = c.row_id)
        AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.table_name = c.table_name AND k.row_id = c.row_id)
    ), back AS (
        INSERT INTO {table} SELECT * FROM mine r WHERE {parents} ORDER BY {pk} ON CONFLICT DO NOTHING RETURNING {pk}
    ), kept AS (
        INSERT INTO undo_kept SELECT %(table)s, {pk}, 'replaced' FROM mine
        WHERE %(told)s AND {pk} NOT IN (SELECT {pk} FROM back)
    )
    SELECT count(*) FROM back"""
# What a row refers to may be gone by now; and another of its kind may have taken its place.
_PARENT = '(r."{column}" IS NULL OR EXISTS (SELECT FROM {table} p WHERE p.{key} = r."{column}"))'
_DELETE = """
    DELETE FROM {table} x USING undo_id u
    WHERE u.table_name = %(table)s AND u.change_id BETWEEN %(lo)s AND %(hi)s AND x.{column} = u.row_id"""
_LET_GO = """
    UPDATE {table} x SET {column} = NULL FROM undo_id u
    WHERE u.table_name = %(table)s AND u.change_id BETWEEN %(lo)s AND %(hi)s AND x.{column} = u.row_id"""
_PARTS = "SELECT change_id, count(*) FROM undo_id WHERE table_name = %s GROUP BY 1 ORDER BY 1 DESC"

# (rows gone back so far, rows in all)
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Undone:
    """What went back: rows per table; what stayed: rows per (table, reason), and the first of them."""

    change_set: ChangeSet
    rows: Counter[str] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[tuple[str, int, str]] = field(default_factory=list)


def undo(*, made: ChangeSet, by: User | None, at: datetime, progress: Progress = lambda _done, _all: None) -> Undone:
    """Take a change set back. Raises Conflict if that was done already, or if it is itself an undo.

    The caller holds whatever locks keep others from writing the same rows meanwhile.
    """
    with change_set(kind=ChangeKind.UNDO, by=by, at=at, label=made.label) as taking_back:
        made = ChangeSet.objects.select_for_update(of=["self"]).get(pk=made.pk)
        if made.kind == ChangeKind.UNDO or ChangeSet.objects.filter(undoes=made).exists():
            raise Conflict(_("This has been undone already."), code="undone")
        taking_back.undoes = made
        taking_back.save(update_fields=["undoes"])
        undone = Undone(taking_back)
        keeping.decide(made.pk)
        total = _count(made.pk)
        for table in keeping.children_first():
            for lo, hi in _parts(table):
                undone.rows[table] += _take_away(table, lo, hi)
                progress(undone.rows.total(), total)
        for table, operation, lo, hi in _runs(made.pk):
            undone.rows[table] += _bring_back(made.pk, table, operation, lo, hi)
            progress(undone.rows.total(), total)
        _report(undone)
    return undone


def _count(set_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM undo_id)"
            " + (SELECT count(*) FROM core_change WHERE change_set_id = %s AND operation <> 'I')",
            [set_id],
        )
        return int(cursor.fetchone()[0])


def _parts(table: str) -> list[tuple[int, int]]:
    """Ranges of changes, the last ones first, that inserted some AT_ONCE rows each."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTS, [table])
        found = cursor.fetchall()
    parts: list[tuple[int, int]] = []
    rows = AT_ONCE
    for change_id, count in found:
        if rows >= AT_ONCE:
            parts.append((change_id, change_id))
            rows = 0
        parts[-1] = change_id, parts[-1][1]
        rows += count
    return parts


def _take_away(table: str, lo: int, hi: int) -> int:
    """Delete inserted rows. The journal keeps their numbers alone: nobody looks for what they held."""
    model = model_of(table)
    params: dict[str, Any] = {"table": table, "lo": lo, "hi": hi}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ferma.numbers_only', 'on', true)")
        for child, key in references(model):
            if goes_along(child) or lets_go(child, key):
                statement = _DELETE if goes_along(child) else _LET_GO
                cursor.execute(statement.format(table=child._meta.db_table, column=key), params)
        cursor.execute(_DELETE.format(table=table, column=model._meta.pk.column), params)
        count = cursor.rowcount
        cursor.execute("SELECT set_config('ferma.numbers_only', '', true)")
    return count


def _runs(set_id: int) -> list[tuple[str, str, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [set_id])
        return cursor.fetchall()


def _bring_back(set_id: int, table: str, operation: str, lo: int, hi: int) -> int:
    params: dict[str, Any] = {"set": set_id, "table": table, "lo": lo, "hi": hi, "ignored": list(IGNORED)}
    with connection.cursor() as cursor:
        if operation == "U":
            return _restore(cursor, model_of(table), params)
        return _revive(cursor, model_of(table), params)


def _revive(cursor: CursorWrapper, model: type[Model], params: dict[str, Any]) -> int:
    parents = [
        _PARENT.format(column=each.column, table=each.related_model._meta.db_table, key=each.target_field.column)
        for each in model._meta.concrete_fields
        if isinstance(each, ForeignKey) and has_constraint(each)
    ]
    conditions = " AND ".join(parents) or "true"
    cursor.execute(
        _REVIVE.format(table=params["table"], pk=model._meta.pk.column, parents=conditions),
        {**params, "told": not getattr(model, "is_derived", False)},
    )
    return int(cursor.fetchone()[0])


def _restore(cursor: CursorWrapper, model: type[Model], params: dict[str, Any]) -> int:
    """Statements that follow each other may have changed a row twice: the last change goes back first."""
    pk = model._meta.pk.column
    columns = [f.column for f in model._meta.concrete_fields if f.column != pk]
    statement = _RESTORE.format(
        table=params["table"],
        pk=pk,
        columns=", ".join(f'"{column}"' for column in columns),
        values=", ".join(f'r."{column}"' for column in columns),
    )
    restored, nth, found = 0, 0, 1
    while found:
        nth += 1
        cursor.execute(statement, {**params, "nth": nth})
        found, back = cursor.fetchone()
        restored += back
    return restored


def _report(undone: Undone) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, reason, count(*) FROM undo_kept GROUP BY 1, 2")
        for table, reason, count in cursor.fetchall():
            undone.kept[table, reason] = count
        cursor.execute("SELECT table_name, row_id, reason FROM undo_kept ORDER BY 1, 2 LIMIT %s", [SHOWN])
        undone.examples.extend(cursor.fetchall())
