"""Purchase statistics: only rows whose numbers changed are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from segmentation.actions.locks import recomputing
from segmentation.actions.origins import settle_origins
from segmentation.queries.statistics_sql import COLUMNS, Statement, statistics

_NUMBERS = COLUMNS[1:]
# Above this many changed rows the planner's own statistics of the table are no longer true.
_ANALYSE_FROM = 10_000

# `fresh` are the new numbers. Old rows are read once and written where they lie: the lock of the recompute
# keeps other writers away meanwhile.
_WRITE = f"""
old AS {{kept}} (
    SELECT s.ctid AS place, s.* FROM segmentation_purchasestatistics AS s WHERE {{scope}}
), changed AS MATERIALIZED (
    SELECT f.*, s.place
    FROM fresh AS f LEFT JOIN old AS s USING (customer_id)
    WHERE s.customer_id IS NULL
       OR ({", ".join(f"f.{name}" for name in _NUMBERS)}) <> ({", ".join(f"s.{name}" for name in _NUMBERS)})
), removed AS (
    DELETE FROM segmentation_purchasestatistics AS s
    USING (
        SELECT o.place FROM old AS o WHERE NOT EXISTS (SELECT FROM fresh AS f WHERE f.customer_id = o.customer_id)
    ) AS gone
    WHERE s.ctid = gone.place
    RETURNING 1
), updated AS (
    UPDATE segmentation_purchasestatistics AS s
    SET ({", ".join(_NUMBERS)}) = ROW ({", ".join(f"c.{name}" for name in _NUMBERS)})
    FROM changed AS c WHERE s.ctid = c.place
    RETURNING 1
), inserted AS (
    INSERT INTO segmentation_purchasestatistics ({", ".join(COLUMNS)})
    SELECT {", ".join(f"c.{name}" for name in COLUMNS)} FROM changed AS c WHERE c.place IS NULL
    RETURNING 1
)
SELECT (SELECT count(*) FROM updated) + (SELECT count(*) FROM inserted), (SELECT count(*) FROM removed)
"""  # noqa: S608


@dataclass(frozen=True)
class Recomputed:
    """How many rows the statistics have changed by."""

    written: int
    removed: int


def recompute_statistics(*, as_of: date, customer_ids: Sequence[int] | None = None) -> Recomputed:
    """Compute the statistics as of a day, of the customers named or of all, and write what changed.

    For the whole base the stale marks go too: what they ask for is done, and that may be another channel of an order
    whose day is the same, which nothing but its mark tells.
    """
    with recomputing(), connection.cursor() as cursor:
        if customer_ids is not None:
            return _recompute_some(statistics(as_of, customer_ids))
        # Before the statement that reads the orders: what a mark announced was committed with it.
        cursor.execute("DELETE FROM customers_stalemark RETURNING customer_id")
        marked = sorted({customer_id for (customer_id,) in cursor.fetchall()})
        result = _recompute_all(statistics(as_of))
        if marked:
            settle_origins(as_of=as_of, customer_ids=marked)
        return result


def _recompute_some(fresh: Statement) -> Recomputed:
    write = _WRITE.format(kept="MATERIALIZED", scope="s.customer_id = ANY(%(customer_ids)s::bigint[])")
    with connection.cursor() as cursor:
        cursor.execute(f"WITH fresh AS MATERIALIZED ({fresh.text}), {write}", fresh.values)
        return Recomputed(*cursor.fetchone())


def _recompute_all(fresh: Statement) -> Recomputed:
    """By way of a temporary table: PostgreSQL reads in parallel to fill one, and not to write elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE fresh ON COMMIT DROP AS {fresh.text}", fresh.values)
        cursor.execute("WITH " + _WRITE.format(kept="NOT MATERIALIZED", scope="TRUE"))
        result = Recomputed(*cursor.fetchone())
        cursor.execute("DROP TABLE fresh")
        if result.written > _ANALYSE_FROM:
            cursor.execute("ANALYZE segmentation_purchasestatistics")
    return result
