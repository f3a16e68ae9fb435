"""Changing rows of tables that carry no trigger, written down by the statement itself."""

from functools import cache

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
    SELECT {head}, '{table}', id, %(to)s, 'U', jsonb_build_object('{key}', %(from)s), jsonb_build_object('{key}', %(to)s)
    FROM moved"""
_PLAIN_MOVE = "UPDATE {table} SET {key} = %(to)s WHERE {key} = %(from)s"
_DROP = """
    WITH gone AS (DELETE FROM {table} x WHERE {pk} = ANY(%(ids)s) RETURNING to_jsonb(x) AS doc, {pk} AS id)
    INSERT INTO core_change (at, actor_id, origin, change_set_id, table_name, row_id, operation, before)
    SELECT {head}, '{table}', id, 'D', doc FROM gone"""
_PLAIN_DROP = "DELETE FROM {table} WHERE {pk} = ANY(%(ids)s)"


def move(*, model: type[Model], key: str, old: int, new: int) -> int:
    """Point every row's `key` column from one id to another; returns how many rows."""
    statement = _PLAIN_MOVE if _has_trigger(model) else _MOVE
    return _execute(statement, model, {"from": old, "to": new}, key)


def drop(*, model: type[Model], ids: list[int]) -> int:
    """Delete rows by primary key; returns how many."""
    statement = _PLAIN_DROP if _has_trigger(model) else _DROP
    return _execute(statement, model, {"ids": ids})


def _execute(statement: str, model: type[Model], params: dict[str, object], key: str = "") -> int:
    pk = model._meta.pk.column
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=model._meta.db_table, pk=pk, key=key, head=_HEAD), params)
        return cursor.rowcount


def _has_trigger(model: type[Model]) -> bool:
    return model._meta.db_table in _journaled_tables()


@cache
def _journaled_tables() -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TRIGGERED)
        return frozenset(name for (name,) in cursor.fetchall())
