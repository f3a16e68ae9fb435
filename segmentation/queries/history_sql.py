"""What changed, written down: the histories of grade and stage, and the customer's timeline."""

# A change that is undone on its own day leaves no row; a second one on a day changes the first.
GRADE_CHANGES = """
WITH undone AS (
    DELETE FROM segmentation_gradechange AS c USING outcome AS o
    WHERE o.grade <> o.old_grade AND c.customer_id = o.customer_id AND c."on" = %(as_of)s AND c.old = o.grade
    RETURNING c.customer_id
)
INSERT INTO segmentation_gradechange
    (customer_id, "on", old, new, orders, average_check, count_threshold, check_threshold, policy_id)
SELECT o.customer_id, %(as_of)s, o.old_grade, o.grade, o.window_orders,
       (o.window_revenue / o.window_orders)::bigint, l.count_threshold, l.check_threshold, l.policy_id
FROM outcome AS o
JOIN unnest(%(kinds)s::text[], %(counts)s::float8[], %(checks)s::bigint[], %(policies)s::bigint[])
     AS l (kind, count_threshold, check_threshold, policy_id) ON l.kind = o.kind
WHERE o.grade <> o.old_grade AND NOT EXISTS (SELECT FROM undone AS u WHERE u.customer_id = o.customer_id)
ON CONFLICT (customer_id, "on") DO UPDATE SET
    new = excluded.new, orders = excluded.orders, average_check = excluded.average_check,
    count_threshold = excluded.count_threshold, check_threshold = excluded.check_threshold,
    policy_id = excluded.policy_id
"""

STAGE_CHANGES = """
WITH undone AS (
    DELETE FROM segmentation_lifecyclechange AS c USING outcome AS o
    WHERE o.lifecycle <> o.old_lifecycle AND c.customer_id = o.customer_id AND c."on" = %(as_of)s
      AND c.old = o.lifecycle
    RETURNING c.customer_id
)
INSERT INTO segmentation_lifecyclechange (customer_id, "on", old, new, days_since_order, expected_gap_days)
SELECT o.customer_id, %(as_of)s, o.old_lifecycle, o.lifecycle, o.days_since, o.gap
FROM outcome AS o
WHERE o.lifecycle <> o.old_lifecycle
  AND NOT EXISTS (SELECT FROM undone AS u WHERE u.customer_id = o.customer_id)
ON CONFLICT (customer_id, "on") DO UPDATE SET
    new = excluded.new, days_since_order = excluded.days_since_order,
    expected_gap_days = excluded.expected_gap_days
"""

# The first conclusion about a customer is no change that anybody would look for on the card.
TIMELINE = """
INSERT INTO customers_timelineevent (customer_id, kind, at, data)
SELECT o.customer_id, 'grade_changed', %(at)s, jsonb_build_object('old', o.old_grade, 'new', o.grade)
FROM outcome AS o WHERE o.grade <> o.old_grade AND o.old_grade <> ''
UNION ALL
SELECT o.customer_id, 'lifecycle_changed', %(at)s, jsonb_build_object('old', o.old_lifecycle, 'new', o.lifecycle)
FROM outcome AS o WHERE o.lifecycle <> o.old_lifecycle AND o.old_lifecycle <> ''
"""
