"""Thresholds of a policy, the preview of one, and grades by category, in SQL.

`rules/grades.py` says what is meant; property tests hold the two equal.
"""

from segmentation.models import Policy, ThresholdMode
from segmentation.queries.standing_sql import LAST_WINDOW, NEW_GRADE, NO_LAST_WINDOW

# Before a statement over the whole base, in one round trip and so in one transaction: room to sort, and no compiling,
# which takes longer than it saves. Workers are worth their start.
ROOM = (
    "SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; "
    "SET LOCAL parallel_setup_cost = 10; SET LOCAL parallel_tuple_cost = 0.001; "
)

# Who bought in the window, as the night left the statistics.
STATISTICS_WINDOW = """
SELECT s.customer_id, s.last_on, s.window_orders, s.window_revenue
FROM segmentation_purchasestatistics AS s JOIN customers_customer AS c ON c.id = s.customer_id
WHERE c.kind = %(kind)s
"""

# The same for a window of another length, from the orders.
OTHER_WINDOW = """
SELECT s.customer_id, s.last_on, coalesce(w.orders, 0) AS window_orders, coalesce(w.revenue, 0) AS window_revenue
FROM segmentation_purchasestatistics AS s JOIN customers_customer AS c ON c.id = s.customer_id
LEFT JOIN (
    SELECT o.customer_id, count(*)::int AS orders, sum(o.revenue)::bigint AS revenue
    FROM customers_order AS o
    WHERE o.status NOT IN ('cancelled', 'returned')
      AND o.placed_on > %(as_of)s - %(window_days)s AND o.placed_on <= %(as_of)s
    GROUP BY o.customer_id
) AS w ON w.customer_id = s.customer_id
WHERE c.kind = %(kind)s
"""

# The orders that hold a kept line of the category, and what those lines brought. Who was graded before stays in view.
_CATEGORY_WINDOW = """
SELECT c.id AS customer_id, s.last_on, coalesce(w.orders, 0) AS window_orders, coalesce(w.revenue, 0) AS window_revenue
FROM (
    SELECT o.customer_id, count(DISTINCT o.id)::int AS orders, sum(l.revenue - l.returned_amount)::bigint AS revenue
    FROM customers_product AS p
    JOIN customers_orderline AS l ON l.product_id = p.id
    JOIN customers_order AS o ON o.id = l.order_id
    WHERE p.category_id = %(category)s AND o.status NOT IN ('cancelled', 'returned')
      AND o.placed_on > %(as_of)s - %(window_days)s AND o.placed_on <= %(as_of)s{of_orders}
    GROUP BY o.customer_id
) AS w
FULL JOIN (
    SELECT g.customer_id FROM segmentation_categorygrade AS g WHERE g.category_id = %(category)s{of_grades}
) AS h ON h.customer_id = w.customer_id
JOIN customers_customer AS c ON c.id = coalesce(w.customer_id, h.customer_id)
JOIN segmentation_purchasestatistics AS s ON s.customer_id = c.id
WHERE c.kind = %(kind)s
"""
CATEGORY_WINDOW = _CATEGORY_WINDOW.format(of_orders="", of_grades="")
_SOME = " AND {}.customer_id = ANY(%(customer_ids)s::bigint[])"
# The thresholds that the night found, for some customers.
CATEGORY_OF_SOME = f"""
windowed AS ({_CATEGORY_WINDOW.format(of_orders=_SOME.format("o"), of_grades=_SOME.format("g"))}),
limits AS (
    SELECT %(count_threshold)s::float8 AS count_threshold, %(check_threshold)s::float8 AS check_threshold,
           %(hysteresis)s::float8 AS hysteresis
)
"""

_QUANTILE = "percentile_cont(%({name}_share)s::float8) WITHIN GROUP (ORDER BY {value})"
_COUNT = f"floor({_QUANTILE.format(name='count', value='b.orders')}) + 0.5"
_CHECK = _QUANTILE.format(name="check", value="b.revenue::float8 / b.orders")

# Customers of one value together, from the highest value on: the last that is needed for the share, and the next one.
_COUNT_PARETO = """
(SELECT v.value - 0.5 FROM (
    SELECT orders AS value, (sum(sum(orders)) OVER (ORDER BY orders DESC))::float8 AS reached,
           (sum(sum(orders)) OVER ())::float8 AS whole
    FROM buyers GROUP BY orders
 ) AS v WHERE v.reached >= %(count_share)s::float8 * v.whole ORDER BY v.value DESC LIMIT 1)
"""
_CHECK_PARETO = """
(SELECT coalesce(v.beyond, 0) FROM (
    SELECT u.value, lead(u.value) OVER falling AS beyond, (sum(u.revenue) OVER falling)::float8 AS reached,
           (sum(u.revenue) OVER ())::float8 AS whole
    FROM (SELECT revenue::float8 / orders AS value, sum(revenue) AS revenue FROM buyers GROUP BY 1) AS u
    WINDOW falling AS (ORDER BY u.value DESC)
 ) AS v WHERE v.reached >= %(check_share)s::float8 * v.whole ORDER BY v.value DESC LIMIT 1)
"""
_COUNTS = {
    ThresholdMode.MEDIAN: _COUNT,
    ThresholdMode.QUANTILE: _COUNT,
    ThresholdMode.PARETO: _COUNT_PARETO,
    ThresholdMode.FIXED: "ceil(%(count_share)s::float8) - 0.5",
}
_CHECKS = {
    ThresholdMode.MEDIAN: f"round({_CHECK})",
    ThresholdMode.QUANTILE: f"round({_CHECK})",
    ThresholdMode.PARETO: f"round({_CHECK_PARETO}::float8)",
    ThresholdMode.FIXED: "%(check_share)s::float8",
}

# `windowed` gives the customers, `buyers` those with orders in the window, `limits` the thresholds: one row. Where
# nobody bought they are the numbers of a single order, until somebody does.
_LIMITS = """
windowed AS ({windowed}),
buyers AS (SELECT window_orders AS orders, window_revenue AS revenue FROM windowed WHERE window_orders > 0),
limits AS (
    SELECT count(*)::int AS buyers, coalesce({count}, 1.5)::float8 AS count_threshold,
           coalesce({check}, 0)::float8 AS check_threshold, %(hysteresis)s::float8 AS hysteresis,
           %(window_days)s::int AS window_days
    FROM buyers AS b
)
"""
THRESHOLDS = "WITH {limits} SELECT buyers, count_threshold, check_threshold FROM limits"

# Each customer's grade so far and the one that the policy would give.
_JUDGED = f"""
judged AS MATERIALIZED (
    SELECT s.customer_id, coalesce(h.grade, '') AS before, {NEW_GRADE} AS after,
           n.orders, n.revenue, s.window_revenue{{money}}
    FROM windowed AS s CROSS JOIN limits AS l
    LEFT JOIN {{standing}} AS h ON h.customer_id = s.customer_id
    CROSS JOIN {{last_window}}
    CROSS JOIN LATERAL (
        SELECT s.window_orders + last_window.orders AS orders, s.window_revenue + last_window.revenue AS revenue
    ) AS n
)
"""  # noqa: S608
CATEGORY_STANDING = "(SELECT * FROM segmentation_categorygrade WHERE category_id = %(category)s)"
# Money of a customer is that of the last night: the forecast and what of it is at risk.
_MONEY = """,
           coalesce(h.predicted_12, 0) AS predicted_12, coalesce(h.value_at_risk, 0) AS value_at_risk"""
_CATEGORY_VALUED = """(
    SELECT v.customer_id, g.grade, v.predicted_12, v.value_at_risk
    FROM segmentation_standing AS v
    LEFT JOIN segmentation_categorygrade AS g ON g.customer_id = v.customer_id AND g.category_id = %(category)s
)"""

PREVIEW = """
WITH {limits}, {judged}
SELECT (SELECT json_build_array(buyers, count_threshold, check_threshold) FROM limits),
       (SELECT json_agg(c) FROM (
            SELECT before, after, count(*) AS customers, sum(window_revenue)::bigint AS revenue,
                   sum(predicted_12)::bigint AS predicted_12, sum(value_at_risk)::bigint AS value_at_risk
            FROM judged GROUP BY before, after) AS c),
       (SELECT json_agg(m) FROM (
            SELECT m.customer_id, c.name, m.before, m.after, m.orders, m.revenue, m.predicted_12, m.value_at_risk
            FROM judged AS m JOIN customers_customer AS c ON c.id = m.customer_id
            WHERE m.before <> m.after ORDER BY m.predicted_12 DESC, m.customer_id LIMIT %(most)s) AS m)
"""

# One row per customer with a grade to keep, for the night.
CATEGORY_OUTCOME = """
CREATE TEMP TABLE category_outcome ON COMMIT DROP AS
WITH {limits}, {judged}
SELECT j.customer_id, j.before AS old_grade, j.after AS grade, j.orders, j.revenue FROM judged AS j WHERE j.after <> ''
"""
CATEGORY_CHANGES = """
WITH undone AS (
    DELETE FROM segmentation_categorygradechange AS c USING category_outcome AS o
    WHERE o.grade <> o.old_grade AND c.customer_id = o.customer_id AND c.category_id = %(category)s
      AND c."on" = %(as_of)s AND c.old = o.grade
    RETURNING c.customer_id
)
INSERT INTO segmentation_categorygradechange
    (customer_id, category_id, "on", old, new, orders, average_check, count_threshold, check_threshold, policy_id)
SELECT o.customer_id, %(category)s, %(as_of)s, o.old_grade, o.grade, o.orders, (o.revenue / o.orders)::bigint,
       %(count_threshold)s, %(check_threshold)s, %(policy)s
FROM category_outcome AS o
WHERE o.grade <> o.old_grade AND NOT EXISTS (SELECT FROM undone AS u WHERE u.customer_id = o.customer_id)
ON CONFLICT (customer_id, category_id, "on") DO UPDATE SET
    new = excluded.new, orders = excluded.orders, average_check = excluded.average_check,
    count_threshold = excluded.count_threshold, check_threshold = excluded.check_threshold,
    policy_id = excluded.policy_id
"""
CATEGORY_GRADES = """
INSERT INTO segmentation_categorygrade AS g (customer_id, category_id, grade, orders, revenue, since)
SELECT o.customer_id, %(category)s, o.grade, o.orders, o.revenue, %(as_of)s FROM category_outcome AS o
ON CONFLICT (customer_id, category_id) DO UPDATE SET
    grade = excluded.grade, orders = excluded.orders, revenue = excluded.revenue,
    since = CASE WHEN g.grade = excluded.grade THEN g.since ELSE excluded.since END
WHERE (g.grade, g.orders, g.revenue) IS DISTINCT FROM (excluded.grade, excluded.orders, excluded.revenue)
"""
# Without a policy in force for the customer's kind, or without any counted order left.
CATEGORY_REMOVE = """
DELETE FROM segmentation_categorygrade AS g
WHERE NOT EXISTS (
    SELECT FROM customers_customer AS c
    JOIN segmentation_purchasestatistics AS s ON s.customer_id = c.id
    JOIN unnest(%(kinds)s::text[], %(categories)s::bigint[]) AS p (kind, category) ON p.kind = c.kind
    WHERE c.id = g.customer_id AND p.category = g.category_id
)
"""
CATEGORY_REMOVE_OF_SOME = CATEGORY_REMOVE + _SOME.format("g")


def window_of(policy: Policy, *, in_force: Policy | None) -> str:
    """The SELECT of `windowed`. in_force: the policy whose window the statistics hold; none for a category's."""
    if policy.category_id is not None:
        return CATEGORY_WINDOW
    same = in_force is not None and policy.window_days == in_force.window_days
    return STATISTICS_WINDOW if same else OTHER_WINDOW


def limits_of(policy: Policy, windowed: str) -> str:
    """The tables `windowed`, `buyers` and `limits` of a WITH."""
    count, check = ThresholdMode(policy.count_mode), ThresholdMode(policy.check_mode)
    return _LIMITS.format(windowed=windowed, count=_COUNTS[count], check=_CHECKS[check])


def judged_of_category() -> str:
    """The table `judged` of a WITH, after those of `limits_of`, for a policy of a category."""
    return _JUDGED.format(standing=CATEGORY_STANDING, last_window=NO_LAST_WINDOW, money="")


def valued_of(policy: Policy, *, somebody_ungraded: bool) -> str:
    """The same for any policy, with the money of each customer.

    somebody_ungraded: someone was never graded, so that the last window of each customer is to be looked at.
    """
    if policy.category_id is not None:
        return _JUDGED.format(standing=_CATEGORY_VALUED, last_window=NO_LAST_WINDOW, money=_MONEY)
    last_window = LAST_WINDOW if somebody_ungraded else NO_LAST_WINDOW
    return _JUDGED.format(standing="segmentation_standing", last_window=last_window, money=_MONEY)
