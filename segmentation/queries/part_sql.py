"""Repeat purchases and sales, for the whole base at night and for a part of it when a page asks."""

# Of those whose first order falls in the last year that is old enough, [days, days + 365), who bought again by then.
# {buyers}: rows of first_on and second_on, with a name.
REPEAT = """
SELECT count(*) FILTER (WHERE age >= 90 AND age < 455),
       count(*) FILTER (WHERE age >= 90 AND age < 455 AND gap <= 90),
       count(*) FILTER (WHERE age >= 180 AND age < 545),
       count(*) FILTER (WHERE age >= 180 AND age < 545 AND gap <= 180),
       count(*) FILTER (WHERE age >= 365 AND age < 730),
       count(*) FILTER (WHERE age >= 365 AND age < 730 AND gap <= 365)
FROM (SELECT %(as_of)s::date - first_on AS age, second_on - first_on AS gap FROM {buyers}) buyers
"""
# The buyers of a part: {scope} is a condition on s.customer_id.
BUYERS = """(
    SELECT s.first_on, CASE WHEN s.purchase_days > 1 THEN (
               SELECT o.placed_on FROM customers_order o
               WHERE o.customer_id = s.customer_id AND o.status NOT IN ('cancelled', 'returned')
                 AND o.placed_on > s.first_on AND o.placed_on <= %(as_of)s
               ORDER BY o.placed_on LIMIT 1) END AS second_on
    FROM segmentation_purchasestatistics s WHERE {scope}
) AS part"""
# {scope}: a condition on o.customer_id.
SALES = """
SELECT count(*), coalesce(sum(o.revenue), 0)::bigint,
       coalesce(sum(o.revenue - o.known_cost - round(o.uncosted_revenue * p.cost_rate)::bigint), 0)::bigint
FROM customers_order o
JOIN customers_customer c ON c.id = o.customer_id
JOIN (VALUES ('person', %(person)s), ('company', %(company)s)) AS p (kind, cost_rate) ON p.kind = c.kind
WHERE o.status NOT IN ('cancelled', 'returned') AND o.placed_on BETWEEN %(first)s AND %(last)s AND {scope}
"""
