"""Customers who may deserve an X, by their figures: in SQL for the whole base. Money is in minor units."""

# Which check is high for a kind, and which is usual.
CHECKS = """
SELECT checks[1] AS high, round(checks[2])::bigint AS usual
FROM (
    SELECT percentile_cont(ARRAY[0.98, 0.5]) WITHIN GROUP (ORDER BY s.revenue::float8 / s.orders) AS checks
    FROM segmentation_purchasestatistics AS s
    JOIN customers_customer AS c ON c.id = s.customer_id
    WHERE s.window_orders > 0 AND c.kind = %(kind)s
) AS measured
"""
# The highest average checks of a kind, with few orders in the window: worth as much again for each order more that
# many orders have. `few` is the threshold of orders of the kind.
SIZE = """
SELECT s.customer_id, round(s.revenue::float8 / s.orders)::bigint AS average_check, k.usual, s.window_orders, k.few,
       greatest(0, round(s.margin::float8 / s.orders * (k.few - s.window_orders)))::bigint AS potential
FROM segmentation_purchasestatistics AS s
JOIN customers_customer AS c ON c.id = s.customer_id
JOIN unnest(%(kinds)s::text[], %(fews)s::float8[], %(highs)s::float8[], %(usuals)s::bigint[])
     AS k (kind, few, high, usual) ON k.kind = c.kind
WHERE s.window_orders > 0 AND s.window_orders < k.few AND s.revenue::float8 / s.orders >= greatest(k.high, 2 * k.usual)
ORDER BY potential DESC, s.customer_id
LIMIT %(most)s
"""

# `wallet` is an own field: what the customer spends a year on such goods, in currency.
WALLET = """
SELECT c.id, w.wallet, s.window_revenue,
       greatest(0, round((w.wallet - s.window_revenue) * s.margin / s.revenue))::bigint
FROM customers_customer AS c
JOIN segmentation_purchasestatistics AS s ON s.customer_id = c.id
CROSS JOIN LATERAL (
    SELECT CASE WHEN jsonb_typeof(c.custom -> 'wallet') = 'number'
                THEN (c.custom ->> 'wallet')::numeric * %(minor)s END AS wallet
) AS w
WHERE c.custom <> '{}' AND c.custom ? 'wallet' AND s.revenue > 0 AND w.wallet > 0
  AND w.wallet < 9e15 AND s.window_revenue < %(share)s * w.wallet
ORDER BY 4 DESC, c.id
LIMIT %(most)s
"""
