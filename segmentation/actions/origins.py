"""How customers began: channel, first product, first manager; read only of those who are new or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from acquisition.actions import attribute_customers
from segmentation.actions.locks import recomputing

# One in so many changed: then the whole base is read in one go.
_WHOLE_FROM = 5

# Whose first day moved, who came or went, and whose channel was made after they were counted. What else may change
# the channel of a first order leaves a stale mark, and the recompute of that customer attributes anew.
_UNATTRIBUTED = """
SELECT coalesce(s.customer_id, a.customer_id)
FROM segmentation_purchasestatistics AS s
FULL JOIN (SELECT customer_id, won_on, told_code, channel_id FROM acquisition_acquisition WHERE won_on <= %(as_of)s)
    AS a ON a.customer_id = s.customer_id
LEFT JOIN acquisition_channel AS ch ON ch.code = split_part(a.told_code, '/', 1)
WHERE a.won_on IS DISTINCT FROM s.first_on OR a.channel_id IS DISTINCT FROM ch.id
"""
# A first owner is known once and for all; an empty one may still come.
_BEGUN = """
CREATE TEMP TABLE begun ON COMMIT DROP AS
SELECT s.customer_id, s.first_on FROM segmentation_purchasestatistics AS s
JOIN customers_customer AS c ON c.id = s.customer_id
LEFT JOIN segmentation_customerorigin AS g ON g.customer_id = s.customer_id
WHERE {scope}
"""
_CHANGED = "(g.first_on IS DISTINCT FROM s.first_on OR (g.first_owner_id IS NULL AND c.owner_id IS NOT NULL))"
_FORGET = """
DELETE FROM segmentation_customerorigin AS g
WHERE {scope} AND NOT EXISTS (SELECT FROM segmentation_purchasestatistics AS s WHERE s.customer_id = g.customer_id)
"""
# Of a first day's orders the earliest counts, as it does for the channel; of its lines the dearest.
_WRITE = """
WITH first_order AS MATERIALIZED (
    SELECT DISTINCT ON (b.customer_id) b.customer_id, o.id AS order_id
    FROM begun AS b
    JOIN customers_order AS o ON o.customer_id = b.customer_id AND o.placed_on = b.first_on
        AND o.status NOT IN ('cancelled', 'returned')
    ORDER BY b.customer_id, o.placed_at, o.id
), handed AS MATERIALIZED (
    SELECT DISTINCT ON (b.customer_id) b.customer_id,
           coalesce((t.data ->> 'from')::bigint, (t.data ->> 'to')::bigint) AS owner_id
    FROM begun AS b
    JOIN customers_timelineevent AS t ON t.customer_id = b.customer_id AND t.kind = 'owner_changed'
    ORDER BY b.customer_id, t.at, t.id
)
INSERT INTO segmentation_customerorigin AS g (customer_id, first_on, first_product_id, first_owner_id)
SELECT b.customer_id, b.first_on, line.product_id,
       CASE WHEN u.id IS NULL THEN c.owner_id ELSE u.id END
FROM begun AS b
JOIN customers_customer AS c ON c.id = b.customer_id
LEFT JOIN first_order AS f ON f.customer_id = b.customer_id
LEFT JOIN handed AS h ON h.customer_id = b.customer_id
LEFT JOIN core_user AS u ON u.id = h.owner_id
LEFT JOIN LATERAL (
    SELECT l.product_id FROM customers_orderline AS l
    WHERE l.order_id = f.order_id ORDER BY l.revenue DESC, l.position LIMIT 1
) AS line ON TRUE
ON CONFLICT (customer_id) DO UPDATE SET
    first_on = excluded.first_on, first_product_id = excluded.first_product_id,
    first_owner_id = excluded.first_owner_id
WHERE (g.first_on, g.first_product_id, g.first_owner_id)
      IS DISTINCT FROM (excluded.first_on, excluded.first_product_id, excluded.first_owner_id)
"""


@dataclass(frozen=True)
class Settled:
    """How many customers changed their channel, and how many their first product or manager."""

    attributed: int
    origins: int


def settle_origins(*, as_of: date, customer_ids: Sequence[int] | None = None) -> Settled:
    """Attribute customers, and write down how they began: those named, or whoever is new or changed in the base.

    Needs the statistics of the day. Run twice it changes nothing the second time.
    """
    with recomputing():
        if customer_ids is not None:
            attributed = attribute_customers(as_of=as_of, customer_ids=customer_ids)
            return Settled(attributed, _write_origins("g.customer_id", "s.customer_id", list(customer_ids)))
        return Settled(_attribute_changed(as_of), _write_origins("", "", []))


def _attribute_changed(as_of: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_UNATTRIBUTED, {"as_of": as_of})
        changed = [customer_id for (customer_id,) in cursor.fetchall()]
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'segmentation_purchasestatistics'::regclass")
        buyers = cursor.fetchone()[0]
    if not changed:
        return 0
    few = len(changed) * _WHOLE_FROM < buyers
    return attribute_customers(as_of=as_of, customer_ids=changed if few else None)


def _write_origins(known: str, counted: str, customer_ids: list[int]) -> int:
    """Rows written or removed."""
    named = " = ANY(%(customer_ids)s::bigint[])"
    values: dict[str, Any] = {"customer_ids": customer_ids}
    with connection.cursor() as cursor:
        cursor.execute(_FORGET.format(scope=known + named if known else "TRUE"), values)
        removed: int = cursor.rowcount
        cursor.execute(_BEGUN.format(scope=counted + named if counted else _CHANGED), values)
        cursor.execute("ANALYZE begun")
        cursor.execute(_WRITE)
        written: int = cursor.rowcount
        cursor.execute("DROP TABLE begun")
    return removed + written
