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

# For the whole base, {scope} of the next: mostly two counts tell that nobody is to be looked for.
SOMEBODY_GONE = """
(SELECT count(*) FROM segmentation_standing) > (SELECT count(*) FROM outcome WHERE NOT is_new)
"""
# Who has no counted order left stands nowhere any more; the histories say since when.
REMOVE = """
WITH gone AS (
    DELETE FROM segmentation_standing AS s
    WHERE {scope} AND NOT EXISTS
        (SELECT FROM segmentation_purchasestatistics AS p WHERE p.customer_id = s.customer_id)
    RETURNING s.customer_id, s.grade, s.lifecycle, s.expected_gap_days
), known AS (
    SELECT g.*, c.kind FROM gone AS g JOIN customers_customer AS c ON c.id = g.customer_id
), grades_undone AS (
    DELETE FROM segmentation_gradechange AS c USING known AS g
    WHERE c.customer_id = g.customer_id AND c."on" = %(as_of)s AND c.old = ''
    RETURNING c.customer_id
), grades AS (
    INSERT INTO segmentation_gradechange
        (customer_id, "on", old, new, orders, average_check, count_threshold, check_threshold, policy_id)
    SELECT g.customer_id, %(as_of)s, g.grade, '', 0, 0, l.count_threshold, l.check_threshold, l.policy_id
    FROM known AS g
    JOIN unnest(%(kinds)s::text[], %(counts)s::float8[], %(checks)s::bigint[], %(policies)s::bigint[])
         AS l (kind, count_threshold, check_threshold, policy_id) ON l.kind = g.kind
    WHERE g.grade <> '' AND NOT EXISTS (SELECT FROM grades_undone AS u WHERE u.customer_id = g.customer_id)
    ON CONFLICT (customer_id, "on") DO UPDATE SET new = '', orders = 0, average_check = 0
), stages_undone AS (
    DELETE FROM segmentation_lifecyclechange AS c USING known AS g
    WHERE c.customer_id = g.customer_id AND c."on" = %(as_of)s AND c.old = ''
    RETURNING c.customer_id
), stages AS (
    INSERT INTO segmentation_lifecyclechange (customer_id, "on", old, new, days_since_order, expected_gap_days)
    SELECT g.customer_id, %(as_of)s, g.lifecycle, '', 0, g.expected_gap_days
    FROM known AS g
    WHERE NOT EXISTS (SELECT FROM stages_undone AS u WHERE u.customer_id = g.customer_id)
    ON CONFLICT (customer_id, "on") DO UPDATE SET new = '', days_since_order = 0
)
SELECT count(*) FROM gone
"""
