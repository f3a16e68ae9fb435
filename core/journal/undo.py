"""Undoing a change set: its changes taken back from the last to the first, as far as nobody has built on them.

A row that was changed since, or that newer rows refer to, stays as it is and is reported; the rest goes back.
Three attributes of a model class say how its rows behave here, each naming nothing but itself:
`is_derived` (computed again by itself: goes with what it was computed from), `goes_with_customer` (holds nobody
back) and `stays_with_customer` (inserted with a customer who has to stay: stays too).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import ForeignKey, Model
from django.utils.translation import gettext as _

from core.errors import Conflict
from core.journal.sets import change_set
from core.journal.sql import IGNORED
from core.models import ChangeKind, ChangeSet, User

SHOWN = 100

_INSERTED = """
    CREATE TEMPORARY TABLE undo_id ON COMMIT DROP AS
    SELECT c.id AS change_id, c.table_name, g AS row_id
    FROM core_change c, unnest(c.ids) r, generate_series(lower(r), upper(r) - 1) g
    WHERE c.change_set_id = %s AND c.operation = 'I';
    CREATE INDEX ON undo_id (table_name, row_id);
    CREATE INDEX ON undo_id (change_id);
    ANALYZE undo_id;
    CREATE TEMPORARY TABLE undo_kept (table_name text, row_id bigint, reason text) ON COMMIT DROP"""
# Neither the set itself nor what was taken back since.
_FOREIGN = """l.change_set_id IS DISTINCT FROM %(set)s AND NOT EXISTS (
        SELECT FROM core_changeset s LEFT JOIN core_changeset u ON u.undoes_id = s.id
        WHERE s.id = l.change_set_id AND (s.undoes_id IS NOT NULL OR u.id IS NOT NULL))"""
_CHANGED = f"""
    FROM core_change l
    WHERE l.table_name = u.table_name AND l.row_id = u.row_id AND l.id > u.change_id AND {_FOREIGN}"""
_KEEP = """
    WITH kept AS (DELETE FROM undo_id u WHERE {condition} RETURNING u.table_name, u.row_id)
    INSERT INTO undo_kept SELECT table_name, row_id, %(reason)s FROM kept"""
_RUNS = """
    SELECT table_name, operation, min(id), max(id) FROM (
        SELECT id, table_name, operation, row_number() OVER (ORDER BY id)
               - row_number() OVER (PARTITION BY table_name, operation ORDER BY id) AS island
        FROM core_change WHERE change_set_id = %s
    ) c GROUP BY table_name, operation, island ORDER BY max(id) DESC"""
_RESTORE = """
    WITH mine AS (
        SELECT id, row_id, before, after, row_number() OVER (PARTITION BY row_id ORDER BY id DESC) AS nth
        FROM core_change
        WHERE change_set_id = %(set)s AND table_name = %(table)s AND operation = 'U' AND id BETWEEN %(lo)s AND %(hi)s
    ), back AS (
        UPDATE {table} x SET ({columns}) = (SELECT {values} FROM jsonb_populate_record(x, m.before) r)
        FROM mine m
        WHERE m.nth = %(nth)s AND x.{pk} = m.row_id AND NOT EXISTS (
            SELECT FROM jsonb_each(m.after - %(ignored)s::text[]) k
            WHERE to_jsonb(x) -> k.key IS DISTINCT FROM k.value)
        RETURNING m.row_id
    ), kept AS (
        INSERT INTO undo_kept SELECT %(table)s, m.row_id, 'changed' FROM mine m
        WHERE m.nth = %(nth)s AND m.row_id NOT IN (SELECT row_id FROM back)
    )
    SELECT (SELECT count(*) FROM mine WHERE nth = %(nth)s), (SELECT count(*) FROM back)"""
_REVIVE = """
    INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, c.before)).* FROM core_change c
    WHERE c.change_set_id = %(set)s AND c.table_name = %(table)s AND c.operation = 'D'
        AND c.id BETWEEN %(lo)s AND %(hi)s
    ORDER BY c.id"""
_DELETE = """
    DELETE FROM {table} x USING undo_id u
    WHERE u.table_name = %(table)s AND u.change_id BETWEEN %(lo)s AND %(hi)s AND x.{column} = u.row_id"""


@dataclass(frozen=True)
class Undone:
    """What went back: rows per table; what stayed: rows per (table, reason), and the first of them."""

    change_set: ChangeSet
    rows: Counter[str] = field(default_factory=Counter)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[tuple[str, int, str]] = field(default_factory=list)


def undo(*, made: ChangeSet, by: User | None, at: datetime) -> Undone:
    """Take a change set back. Raises Conflict if that was done already, or if it is itself an undo.

    The caller holds whatever locks keep others from writing the same rows meanwhile.
    """
    label = made.label
    with change_set(kind=ChangeKind.UNDO, by=by, at=at, label=label) as taking_back:
        made = ChangeSet.objects.select_for_update(of=["self"]).get(pk=made.pk)
        if made.kind == ChangeKind.UNDO or ChangeSet.objects.filter(undoes=made).exists():
            raise Conflict(_("This has been undone already."), code="undone")
        taking_back.undoes = made
        taking_back.save(update_fields=["undoes"])
        undone = Undone(taking_back)
        _find_inserted(made.pk)
        _keep_what_is_used(made.pk)
        for table, operation, lo, hi in _runs(made.pk):
            undone.rows[table] += _take_back(made.pk, table, operation, lo, hi)
        _report(undone)
    return undone


def _find_inserted(set_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS undo_id, undo_kept")
        cursor.execute(_INSERTED, [set_id])


def _runs(set_id: int) -> list[tuple[str, str, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_RUNS, [set_id])
        return cursor.fetchall()


def _keep_what_is_used(set_id: int) -> None:
    """Until nothing more has to stay: what stays may itself refer to rows that must then stay too."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP.format(condition=f"EXISTS (SELECT {_CHANGED})"), {"set": set_id, "reason": "changed"})
        cursor.execute("SELECT DISTINCT table_name FROM undo_id")
        tables = [name for (name,) in cursor.fetchall()]
        found = True
        while found:
            found = False
            for condition, params in _conditions(tables):
                cursor.execute(_KEEP.format(condition=condition), {**params, "set": set_id})
                found = found or cursor.rowcount > 0


def _conditions(tables: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for table in tables:
        for child, key in _references(_model(table)):
            if not _goes_along(child):
                yield _used_by(child, key, table)
    for child in map(_model, tables):
        if getattr(child, "stays_with_customer", False):
            yield _with_customer(child)


def _used_by(child: type[Model], key: str, table: str) -> tuple[str, dict[str, str]]:
    """Rows of the table that a row of the child refers to, unless the undo takes that row or the reference away."""
    name, pk = child._meta.db_table, child._meta.pk.column
    condition = f"""u.table_name = %(table)s AND EXISTS (
        SELECT FROM {name} x WHERE x.{key} = u.row_id
        AND NOT EXISTS (SELECT FROM undo_id o WHERE o.table_name = '{name}' AND o.row_id = x.{pk})
        AND NOT EXISTS (SELECT FROM core_change c WHERE c.change_set_id = %(set)s AND c.table_name = '{name}'
                        AND c.row_id = x.{pk} AND c.operation = 'U' AND c.before ? '{key}'))"""  # noqa: S608
    return condition, {"table": table, "reason": "used"}


def _with_customer(child: type[Model]) -> tuple[str, dict[str, str]]:
    name, pk = child._meta.db_table, child._meta.pk.column
    condition = f"""u.table_name = %(table)s AND EXISTS (
        SELECT FROM {name} x JOIN undo_kept k ON k.table_name = 'customers_customer' AND k.row_id = x.customer_id
        WHERE x.{pk} = u.row_id)"""
    return condition, {"table": name, "reason": "customer_stays"}


def _take_back(set_id: int, table: str, operation: str, lo: int, hi: int) -> int:
    model = _model(table)
    params: dict[str, Any] = {"set": set_id, "table": table, "lo": lo, "hi": hi, "ignored": list(IGNORED)}
    with connection.cursor() as cursor:
        if operation == "D":
            cursor.execute(_REVIVE.format(table=table), params)
            return cursor.rowcount
        if operation == "I":
            for child, key in _references(model):
                if _goes_along(child):
                    cursor.execute(_DELETE.format(table=child._meta.db_table, column=key), params)
            cursor.execute(_DELETE.format(table=table, column=model._meta.pk.column), params)
            return cursor.rowcount
        return _restore(cursor, model, params)


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


def _model(table: str) -> type[Model]:
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def _references(model: type[Model]) -> list[tuple[type[Model], str]]:
    """Every (model, column) that refers to the model.

    What neither is computed from a row nor needs it in the database (a log) outlives it, and holds nothing back.
    """
    return [
        (child, each.column)
        for child in apps.get_models()
        for each in child._meta.concrete_fields
        if isinstance(each, ForeignKey) and each.related_model is model and (each.db_constraint or _goes_along(child))
    ]


def _goes_along(model: type[Model]) -> bool:
    return getattr(model, "is_derived", False) or getattr(model, "goes_with_customer", False)
