"""What taking an import back would do, counted before it is done."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.db.models import Model

from customers.models import Customer

# A page waits no longer; a very large import is then counted only when it is taken back.
PATIENCE = "4s"

_GOING = """
    SELECT table_name, operation, sum(CASE operation WHEN 'I' THEN (SELECT sum(upper(r) - lower(r)) FROM unnest(ids) r)
                                      ELSE 1 END)
    FROM core_change WHERE change_set_id = %s GROUP BY 1, 2"""
# Each table's rows that the import made or changed, and the first change of them.
_MINE = """
    WITH mine AS (
        SELECT table_name, min(id) AS first, range_agg(r) AS rows, range_agg(r) FILTER (WHERE operation = 'I') AS made
        FROM (SELECT id, table_name, operation, unnest(ids) AS r FROM core_change
              WHERE change_set_id = %(set)s AND operation = 'I'
              UNION ALL SELECT id, table_name, operation, int8range(row_id, row_id, '[]') FROM core_change
              WHERE change_set_id = %(set)s AND operation = 'U') c
        GROUP BY table_name
    )"""
_CHANGED = f"""{_MINE}
    SELECT m.table_name, count(DISTINCT l.row_id) FROM mine m
    JOIN core_change l ON l.table_name = m.table_name AND l.id > m.first AND m.rows @> l.row_id
    LEFT JOIN core_changeset s ON s.id = l.change_set_id
    LEFT JOIN core_changeset u ON u.undoes_id = s.id
    WHERE l.change_set_id IS DISTINCT FROM %(set)s AND s.undoes_id IS NULL AND u.id IS NULL
    GROUP BY 1"""  # noqa: S608
_USED = f"""{_MINE}
    SELECT x.{{key}} FROM mine m JOIN {{table}} x ON m.made @> x.{{key}}
    WHERE m.table_name = 'customers_customer'
    AND NOT EXISTS (SELECT FROM mine o WHERE o.table_name = '{{table}}' AND o.made @> x.{{pk}}::bigint)"""  # noqa: S608


@dataclass(frozen=True)
class Forecast:
    """Rows by table: removed, put back as they were, changed by others since (these stay).

    `used_customers` were created by the import and have newer rows, such as orders: they stay too. None: too many to
    count while somebody waits.
    """

    removed: Counter[str] = field(default_factory=Counter)
    restored: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    used_customers: int | None = 0


def undo_forecast(change_set_id: int) -> Forecast:
    """What would go and what would stay."""
    removed: Counter[str] = Counter()
    restored: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(_GOING, [change_set_id])
        for table, operation, count in cursor.fetchall():
            (removed if operation == "I" else restored)[table] += int(count)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{PATIENCE}'")
            cursor.execute(_CHANGED, {"set": change_set_id})
            changed = Counter(dict(cursor.fetchall()))
            return Forecast(removed, restored, changed, _used_customers(change_set_id))
    except OperationalError:
        return Forecast(removed, restored, Counter(), None)


def _used_customers(change_set_id: int) -> int:
    parts = [_USED.format(table=child._meta.db_table, key=key, pk=pk) for child, key, pk in _holders_of_customers()]
    # S608: names of our own tables and columns.
    statement = f"SELECT count(DISTINCT id) FROM ({' UNION ALL '.join(f'({part})' for part in parts)}) used (id)"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, {"set": change_set_id})
        return int(cursor.fetchone()[0])


def _holders_of_customers() -> Iterator[tuple[type[Model], str, str]]:
    """Models whose rows keep a customer from being removed, with the columns of their key to it and of their own."""
    for relation in Customer._meta.related_objects:
        child, foreign = relation.related_model, relation.field
        goes_along = getattr(child, "is_derived", False) or getattr(child, "goes_with_customer", False)
        if not goes_along and getattr(foreign, "db_constraint", True):
            yield child, str(foreign.column), str(child._meta.pk.column)
