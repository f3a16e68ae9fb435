"""Changing rows of tables that carry no trigger, written down by the statement itself."""

from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

_TRIGGERED = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'journal_update'"
_SET = "nullif(current_setting('ferma.change_set', true), '')::bigint"
_ACTOR = "nullif(current_setting('ferma.actor', true), '')::bigint"
_HEAD = f"clock_timestamp(), {_ACTOR}, coalesce(current_setting('ferma.origin', true), ''), {_SET}"
_MOVE = """
    WITH moved AS (UPDATE {table} SET {key} = %(to)s WHERE {key} = %(from)s RETURNING {pk} AS id)
    INSERT INTO core_change
        (at, actor_id, origin, change_set_id, table_name, row_id, customer_id, operation, before, after)
    SELECT {head}, '{table}', id, %(to)s, 'U',
           jsonb_build_object('{key}', %(from)s), jsonb_build_object('{key}', %(to)s)
    FROM moved"""
_PLAIN_MOVE = "UPDATE {table} SET {key} = %(to)s{seen} WHERE {key} = %(from)s"
# Whoever asks what changed since must hear of it.
_SEEN = ", updated_at = clock_timestamp()"
_DROP = """
    WITH gone AS (DELETE FROM {table} x WHERE {pk} = ANY(%(ids)s) RETURNING to_jsonb(x) AS doc, {pk} AS id)
    INSERT INTO core_change (at, actor_id, origin, change_set_id, table_name, row_id, operation, before)
    SELECT {head}, '{table}', id, 'D', doc FROM gone"""
_PLAIN_DROP = "DELETE FROM {table} WHERE {pk} = ANY(%(ids)s)"

_READ = "SELECT to_jsonb(x)::text FROM {table} x WHERE {key} = %(from)s"
_WRITTEN = """
    INSERT INTO {table} SELECT (jsonb_populate_record(
        NULL::{table}, %(doc)s::jsonb || jsonb_build_object('{key}', %(to)s))).*"""
_WRITE = f"""
    WITH written AS ({_WRITTEN} RETURNING {{pk}} AS id)
    INSERT INTO core_change (at, actor_id, origin, change_set_id, table_name, operation, ids)
    SELECT {{head}}, '{{table}}', 'I', range_agg(int8range(id, id, '[]')) FROM written"""  # noqa: S608


def move(*, model: type[Model], key: str, old: int, new: int) -> int:
    """Point every row's `key` column from one id to another; returns how many rows."""
    if key == model._meta.pk.column:
        return _replace(model, key, old, new)
    statement = _PLAIN_MOVE if _has_trigger(model) else _MOVE
    return _execute(statement, model, {"from": old, "to": new}, key)


def drop(*, model: type[Model], ids: list[int]) -> int:
    """Delete rows by primary key; returns how many."""
    statement = _PLAIN_DROP if _has_trigger(model) else _DROP
    return _execute(statement, model, {"ids": ids})


def _replace(model: type[Model], key: str, old: int, new: int) -> int:
    """The column is the primary key: the row goes, and comes again as another, for changes are kept by key."""
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(table=model._meta.db_table, key=key), {"from": old})
        found = cursor.fetchone()
    if found is None:
        return 0
    drop(model=model, ids=[old])
    return _execute(_WRITTEN if _has_trigger(model) else _WRITE, model, {"doc": found[0], "to": new}, key)


def _execute(statement: str, model: type[Model], params: dict[str, Any], key: str = "") -> int:
    pk = model._meta.pk.column
    seen = _SEEN if any(each.column == "updated_at" for each in model._meta.concrete_fields) else ""
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=model._meta.db_table, pk=pk, key=key, head=_HEAD, seen=seen), params)
        return cursor.rowcount


def _has_trigger(model: type[Model]) -> bool:
    return model._meta.db_table in _journaled_tables()


@cache
def _journaled_tables() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERED)
        return frozenset(name for (name,) in cursor.fetchall())
