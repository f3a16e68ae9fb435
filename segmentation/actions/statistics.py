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

# Which rows are not as they were: `fresh` are the new numbers, and an old row lies at `place`. Without fresh numbers
# (no `customer_id`) the old row is to go.
_CHANGED = f"""
SELECT f.*, s.place
FROM {{fresh}} AS f
FULL JOIN (SELECT o.ctid AS place, o.* FROM segmentation_purchasestatistics AS o WHERE {{scope}}) AS s
    ON s.customer_id = f.customer_id
WHERE f.customer_id IS NULL OR s.customer_id IS NULL
   OR ({", ".join(f"f.{name}" for name in _NUMBERS)}) <> ({", ".join(f"s.{name}" for name in _NUMBERS)})
"""  # noqa: S608

# Rows are written where they lie: the lock of the recompute keeps other writers away meanwhile.
_WRITE = f"""
removed AS (
    DELETE FROM segmentation_purchasestatistics AS s USING changed AS c
    WHERE s.ctid = c.place AND c.customer_id IS NULL
    RETURNING 1
), updated AS (
    UPDATE segmentation_purchasestatistics AS s
    SET ({", ".join(_NUMBERS)}) = ROW ({", ".join(f"c.{name}" for name in _NUMBERS)})
    FROM changed AS c WHERE s.ctid = c.place AND c.customer_id IS NOT NULL
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
    changed = _CHANGED.format(fresh="fresh", scope="o.customer_id = ANY(%(customer_ids)s::bigint[])")
    text = f"WITH fresh AS MATERIALIZED ({fresh.text}), changed AS MATERIALIZED ({changed}), {_WRITE}"
    with connection.cursor() as cursor:
        cursor.execute(text, fresh.values)
        return Recomputed(*cursor.fetchone())


def _recompute_all(fresh: Statement) -> Recomputed:
    """By way of a temporary table: PostgreSQL reads in parallel to fill one, and not to write elsewhere."""
    changed = _CHANGED.format(fresh=f"({fresh.text})", scope="TRUE")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE changed ON COMMIT DROP AS {changed}", fresh.values)
        cursor.execute("ANALYZE changed")
        cursor.execute(f"WITH {_WRITE}")
        result = Recomputed(*cursor.fetchone())
        cursor.execute("DROP TABLE changed")
        if result.written > _ANALYSE_FROM:
            cursor.execute("ANALYZE segmentation_purchasestatistics")
    return result
