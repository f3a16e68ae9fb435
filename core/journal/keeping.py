"""What of a change set has to stay when it is undone, decided before anything goes back.

Two temporary tables hold it: `undo_id`, rows that the set inserted and that will go, and `undo_kept`, rows that stay,
each with its reason: `changed` since by somebody else, `used` by a row that is not of the set, `customer_stays`,
`whole_stays` (a part of something that stays).
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey, Model

from core.journal.sql import IGNORED

_FIND = """
    DROP TABLE IF EXISTS undo_id, undo_kept;
    CREATE TEMPORARY TABLE undo_id ON COMMIT DROP AS
    SELECT c.id AS change_id, c.table_name, g AS row_id
    FROM core_change c, unnest(c.ids) r, generate_series(lower(r), upper(r) - 1) g
    WHERE c.change_set_id = %(set)s AND c.operation = 'I' AND c.ids IS NOT NULL
    UNION ALL
    SELECT id, table_name, row_id FROM core_change
    WHERE change_set_id = %(set)s AND operation = 'I' AND row_id IS NOT NULL;
    CREATE INDEX ON undo_id (table_name, row_id);
    CREATE INDEX ON undo_id (table_name, change_id);
    ANALYZE undo_id;
    CREATE TEMPORARY TABLE undo_kept (table_name text, row_id bigint, reason text) ON COMMIT DROP;
    CREATE INDEX ON undo_kept (table_name, row_id)"""
# Neither the set itself nor what was taken back since.
_FOREIGN = """l.change_set_id IS DISTINCT FROM %(set)s AND NOT EXISTS (
        SELECT FROM core_changeset s LEFT JOIN core_changeset u ON u.undoes_id = s.id
        WHERE s.id = l.change_set_id AND (s.undoes_id IS NOT NULL OR u.id IS NOT NULL))"""
# What the machine concludes by itself is nobody's work.
_CONCLUDED = """(
    l.operation = 'U' AND l.actor_id IS NULL AND %(concluded)s::jsonb ? l.table_name
    AND l.after - %(ignored)s::text[] - (%(concluded)s::jsonb ->> l.table_name) = '{}')"""
_CHANGED = f"""
    FROM core_change l
    WHERE l.table_name = u.table_name AND l.row_id = u.row_id AND l.id > u.change_id AND {_FOREIGN}
    AND NOT {_CONCLUDED}"""
_KEEP = """
    WITH kept AS (DELETE FROM undo_id u WHERE {condition} RETURNING u.table_name, u.row_id)
    INSERT INTO undo_kept SELECT table_name, row_id, %(reason)s FROM kept"""
# A row that was there before stays as it is where a column that the set wrote holds something else by now.
_KEEP_CHANGED = """
    INSERT INTO undo_kept
    SELECT %(table)s, m.row_id, 'changed' FROM (
        SELECT c.row_id, k.key, (array_agg(k.value ORDER BY c.id DESC))[1] AS value
        FROM core_change c, jsonb_each(c.after - %(ignored)s::text[]) k
        WHERE c.change_set_id = %(set)s AND c.table_name = %(table)s AND c.operation = 'U'
        AND NOT EXISTS (SELECT FROM undo_id u WHERE u.table_name = c.table_name AND u.row_id = c.row_id)
        AND NOT EXISTS (SELECT FROM core_change d WHERE d.change_set_id = %(set)s AND d.table_name = c.table_name
                        AND d.operation = 'D' AND d.row_id = c.row_id)
        GROUP BY c.row_id, k.key
    ) m LEFT JOIN (SELECT {pk} AS id, to_jsonb(x) AS doc FROM {table} x) x ON x.id = m.row_id
    GROUP BY m.row_id HAVING bool_or(x.doc -> m.key IS DISTINCT FROM m.value)"""
# Deleted by the set, and part of something that stays as it is: not revived.
_KEEP_PARTS_GONE = """
    INSERT INTO undo_kept
    SELECT c.table_name, c.row_id, 'whole_stays' FROM core_change c
    JOIN undo_kept k ON k.table_name = %(whole)s AND k.row_id = (c.before ->> %(key)s)::bigint
    WHERE c.change_set_id = %(set)s AND c.table_name = %(table)s AND c.operation = 'D'
    AND NOT EXISTS (SELECT FROM undo_id u WHERE u.table_name = c.table_name AND u.row_id = c.row_id)"""


def decide(set_id: int) -> None:
    """Fill the two tables. What stays may itself refer to rows that must then stay too: until nothing more has to."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"set": set_id})
        values: dict[str, Any] = {"ignored": list(IGNORED), "concluded": json.dumps(_concluded())}
        changed = _KEEP.format(condition=f"EXISTS (SELECT {_CHANGED})")
        cursor.execute(changed, {**values, "set": set_id, "reason": "changed"})
        for table in _tables(set_id, "U"):
            statement = _KEEP_CHANGED.format(table=table, pk=model_of(table)._meta.pk.column)
            cursor.execute(statement, {"set": set_id, "table": table, "ignored": list(IGNORED)})
        tables = _inserted_tables()
        found = True
        while found:
            found = False
            for condition, params in _conditions(tables):
                cursor.execute(_KEEP.format(condition=condition), {**params, "set": set_id})
                found = found or cursor.rowcount > 0
        for table in _tables(set_id, "D"):
            if whole := _whole_of(model_of(table)):
                cursor.execute(_KEEP_PARTS_GONE, {"set": set_id, "table": table, "whole": whole[0], "key": whole[1]})
        cursor.execute("ANALYZE undo_id; ANALYZE undo_kept")


def children_first() -> list[str]:
    """The tables from which rows will go, each before those that it refers to."""
    waiting = _inserted_tables()
    ordered: list[str] = []
    while waiting:
        free = [
            table
            for table in waiting
            if not any(
                child._meta.db_table in waiting and child._meta.db_table != table
                for child, _key in references(model_of(table))
            )
        ]
        ordered += free or waiting
        waiting = [table for table in waiting if table not in ordered]
    return ordered


def _tables(set_id: int, operation: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT table_name FROM core_change WHERE change_set_id = %s AND operation = %s",
            [set_id, operation],
        )
        return [name for (name,) in cursor.fetchall()]


def _inserted_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT table_name FROM undo_id ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def _conditions(tables: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for table in tables:
        for child, key in references(model_of(table)):
            if not goes_along(child) and not lets_go(child, key):
                yield _used_by(child, key, table)
    for child in map(model_of, tables):
        if getattr(child, "stays_with_customer", False):
            yield _with_whole(child, "customers_customer", "customer_id", "customer_stays")
        if whole := _whole_of(child):
            yield _with_whole(child, *whole, "whole_stays")


def _used_by(child: type[Model], key: str, table: str) -> tuple[str, dict[str, Any]]:
    """Rows of the table that a row of the child refers to, unless the undo takes that row or the reference away."""
    name, pk = child._meta.db_table, child._meta.pk.column
    condition = f"""u.table_name = %(table)s AND EXISTS (
        SELECT FROM {name} x WHERE x.{key} = u.row_id
        AND NOT EXISTS (SELECT FROM undo_id o WHERE o.table_name = '{name}' AND o.row_id = x.{pk})
        AND NOT EXISTS (SELECT FROM core_change c WHERE c.change_set_id = %(set)s AND c.table_name = '{name}'
                        AND c.row_id = x.{pk} AND c.operation = 'U' AND c.before ? '{key}'
                        AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.table_name = '{name}' AND k.row_id = x.{pk})))
        """  # noqa: S608
    return condition, {"table": table, "reason": "used"}


def _with_whole(child: type[Model], whole: str, key: str, reason: str) -> tuple[str, dict[str, Any]]:
    name, pk = child._meta.db_table, child._meta.pk.column
    condition = f"""u.table_name = %(table)s AND EXISTS (
        SELECT FROM {name} x JOIN undo_kept k ON k.table_name = %(whole)s AND k.row_id = x.{key}
        WHERE x.{pk} = u.row_id)"""
    return condition, {"table": name, "whole": whole, "reason": reason}


def _whole_of(model: type[Model]) -> tuple[str, str] | None:
    """The table and the key of what a row is part of."""
    part_of = getattr(model, "part_of", None)
    if part_of is None:
        return None
    key: Any = model._meta.get_field(part_of)
    return key.related_model._meta.db_table, key.column


def model_of(table: str) -> type[Model]:
    """The model whose rows a table holds."""
    return next(model for model in apps.get_models() if model._meta.db_table == table)


def references(model: type[Model]) -> list[tuple[type[Model], str]]:
    """Every (model, column) that refers to the model.

    A log, which is neither computed from a row nor needs it in the database, outlives it and holds nothing back.
    """
    return [
        (child, each.column)
        for child in apps.get_models()
        for each in child._meta.concrete_fields
        if isinstance(each, ForeignKey) and each.related_model is model and (has_constraint(each) or goes_along(child))
    ]


def has_constraint(key: ForeignKey) -> bool:
    """Whether the database itself holds the key to what it refers to."""
    return bool(vars(key)["db_constraint"])


def goes_along(model: type[Model]) -> bool:
    """Whether rows of the model go with what they refer to."""
    return getattr(model, "is_derived", False) or getattr(model, "goes_with_customer", False)


def lets_go(model: type[Model], column: str) -> bool:
    """Whether what the column refers to may go, and leave it empty."""
    return _concluded().get(model._meta.db_table) == column


@cache
def _concluded() -> dict[str, str]:
    """The column of each table that the machine concludes, and lets go of."""
    found: dict[str, str] = {}
    for model in apps.get_models():
        if name := getattr(model, "lets_go_of", ""):
            key: Any = model._meta.get_field(name)
            found[model._meta.db_table] = key.column
    return found
