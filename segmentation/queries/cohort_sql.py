"""The one pass over all orders that fills every cohort.

It reads the index `order_customer_day` slice by slice, each in the order of customers and days, so that only the few
orders of a customer are sorted at a time, and no hash holds millions of months; the slices run side by side. What is
left afterwards is as large as the number of groups of customers (month × channel × campaign × category × manager)
times their months, and not as the base.
"""

from collections.abc import Mapping
from decimal import Decimal

from customers.models import CustomerKind
from segmentation.queries.statistics_sql import slices

OLDEST_AGE = 36

# Who belongs to which group (0 is what is not known), the second day with an order, and the first one in a later month
# than that of the first order: each is one look into the index. A temporary table could not be read by workers at all.
# OFFSET 0 keeps the inner looks from being done twice.
BUYERS = """
CREATE UNLOGGED TABLE cohort_buyer AS
SELECT b.*, CASE WHEN b.second_on >= b.first_month + interval '1 month' THEN b.second_on
                 WHEN b.second_on IS NOT NULL THEN (
                     SELECT o.placed_on FROM customers_order o
                     WHERE o.customer_id = b.customer_id AND o.status NOT IN ('cancelled', 'returned')
                       AND o.placed_on >= (b.first_month + interval '1 month')::date AND o.placed_on <= %(as_of)s
                     ORDER BY o.placed_on LIMIT 1) END AS returned_on
FROM (
    SELECT s.customer_id, (c.kind = 'company') AS is_company, s.first_on,
           date_trunc('month', s.first_on::timestamp)::date AS first_month,
           coalesce(a.channel_id, 0) AS channel_id, coalesce(a.campaign_id, 0) AS campaign_id,
           coalesce(p.category_id, 0) AS category_id,
           coalesce(g.first_owner_id, 0) AS owner_id,
           CASE WHEN s.purchase_days > 1 THEN (
               SELECT o.placed_on FROM customers_order o
               WHERE o.customer_id = s.customer_id AND o.status NOT IN ('cancelled', 'returned')
                 AND o.placed_on > s.first_on AND o.placed_on <= %(as_of)s
               ORDER BY o.placed_on LIMIT 1) END AS second_on
    FROM segmentation_purchasestatistics s
    JOIN customers_customer c ON c.id = s.customer_id
    LEFT JOIN acquisition_acquisition a ON a.customer_id = s.customer_id
    LEFT JOIN segmentation_customerorigin g ON g.customer_id = s.customer_id
    LEFT JOIN customers_product p ON p.id = g.first_product_id
    OFFSET 0
) AS b
"""
# If workers shared in reading it, the slices below would not run side by side.
READ_BY_ONE = "ALTER TABLE cohort_buyer SET (parallel_workers = 0)"

# A row per customer and month, then one per group and month. PostgreSQL does not know that months are in the order of
# days: told to sort, it sorts customer by customer, where it would otherwise hash all of them. Goods without a known
# cost earn the margin of the policy of the customer's kind, rounded order by order. Millions of sums of a customer's
# month are made, and those of bigint would take twice the time of doubles, which are as exact: up to 2^53 minor units
# a month.
_SLICE = """
SELECT b.first_month, b.channel_id, b.campaign_id, b.category_id, b.owner_id, p.month, count(*) AS customers,
       0::bigint AS returned, sum(p.orders) AS orders, sum(p.revenue::bigint)::bigint AS revenue,
       sum(({margin})::bigint)::bigint AS margin
FROM (
    SELECT customer_id, month, count(*) AS orders, sum(revenue) AS revenue, {sums}
    FROM (
        SELECT o.customer_id, date_trunc('month', o.placed_on::timestamp)::date AS month,
               o.revenue::float8 AS revenue, {margins}
        FROM customers_order o
        WHERE o.status NOT IN ('cancelled', 'returned') AND o.placed_on <= %(as_of)s AND {orders_of}
        ORDER BY 1, 2
    ) AS o
    GROUP BY 1, 2
) AS p
JOIN (SELECT * FROM cohort_buyer o WHERE {orders_of}) AS b USING (customer_id)
GROUP BY 1, 2, 3, 4, 5, 6
"""
_MARGIN = """(o.revenue - o.known_cost - CASE WHEN o.uncosted_revenue = 0 THEN 0
    ELSE round(o.uncosted_revenue * %({kind})s)::bigint END)::float8 AS {kind}"""
# As a part of FROM the slices may run side by side; a bare UNION ALL is read one after the other.
_PARTS = "CREATE TEMPORARY TABLE cohort_part AS SELECT * FROM ({slices}) AS slices"

RETURNED = """
INSERT INTO cohort_part
SELECT first_month, channel_id, campaign_id, category_id, owner_id, date_trunc('month', returned_on::timestamp)::date,
       0, count(*), 0, 0, 0
FROM cohort_buyer WHERE returned_on IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6
"""

_AGE = """((extract(year FROM month) - extract(year FROM first_month)) * 12
    + extract(month FROM month) - extract(month FROM first_month))::int"""
_CELLS = """
INSERT INTO segmentation_cohortcell
    (dimension, value, first_month, age, customers, returned, orders, revenue, margin)
SELECT CASE WHEN GROUPING(t.channel_id) = 0 THEN 'channel' WHEN GROUPING(t.category_id) = 0 THEN 'category'
            WHEN GROUPING(t.campaign_id) = 0 THEN 'campaign' WHEN GROUPING(t.owner_id) = 0 THEN 'owner' ELSE 'all' END,
       CASE WHEN GROUPING(t.channel_id) = 0
            THEN coalesce((SELECT code FROM acquisition_channel WHERE id = t.channel_id), '')
            WHEN GROUPING(t.campaign_id) = 0 THEN coalesce(nullif(t.campaign_id, 0)::text, '')
            WHEN GROUPING(t.category_id) = 0 THEN coalesce(nullif(t.category_id, 0)::text, '')
            WHEN GROUPING(t.owner_id) = 0 THEN coalesce(nullif(t.owner_id, 0)::text, '') ELSE '' END,
       t.first_month, t.age, sum(t.customers), sum(t.returned), sum(t.orders), sum(t.revenue), sum(t.margin)
FROM (SELECT *, {age} AS age FROM cohort_part) AS t WHERE t.age <= {oldest}
GROUP BY GROUPING SETS ((t.first_month, t.age), (t.channel_id, t.first_month, t.age),
                        (t.campaign_id, t.first_month, t.age), (t.category_id, t.first_month, t.age),
                        (t.owner_id, t.first_month, t.age))
"""
MONTHS = """
INSERT INTO segmentation_cohortmonth (first_month, month, orders, revenue, margin)
SELECT first_month, month, sum(orders), sum(revenue), sum(margin) FROM cohort_part GROUP BY 1, 2
"""


def parts(rates: Mapping[str, Decimal]) -> str:
    """The statement that fills `cohort_part` out of `cohort_buyer`.

    rates: the cost rate of each kind; mostly they are the same, and one sum does. They and `as_of` are its parameters.
    """
    person, company = CustomerKind.PERSON.value, CustomerKind.COMPANY.value
    kinds = [person] if rates[person] == rates[company] else [person, company]
    margin = f"p.{person}" if len(kinds) == 1 else f"CASE WHEN b.is_company THEN p.{company} ELSE p.{person} END"
    margins = ", ".join(_MARGIN.format(kind=kind) for kind in kinds)
    sums = ", ".join(f"sum({kind}) AS {kind}" for kind in kinds)
    each = [_SLICE.format(orders_of=one, margin=margin, margins=margins, sums=sums) for one in slices()]
    return _PARTS.format(slices=" UNION ALL ".join(each))


def cells() -> str:
    """The statement that fills the cells of every dimension out of `cohort_part`."""
    return _CELLS.format(age=_AGE, oldest=OLDEST_AGE)
