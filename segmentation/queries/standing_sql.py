"""The rules of grades and lifecycle in SQL, for a million customers in one statement.

`rules/grades.py` and `rules/rhythm.py` say what is meant; a property test holds the two equal, so
the arithmetic here keeps their order of operations, in double precision.
"""

from segmentation.rules.rhythm import DEFAULT_GAP_DAYS, PRIOR_GAPS
from segmentation.rules.worth import LEAVING_BY_STAGE

# One row per kind: what the measures and the policies in force say.
LIMITS = """
unnest(%(kinds)s::text[], %(counts)s::float8[], %(checks)s::float8[], %(hysteresis)s::float8[],
       %(windows)s::int[], %(at_risk)s::float8[], %(lapsed)s::float8[], %(lost)s::float8[])
    AS l (kind, count_threshold, check_threshold, hysteresis, window_days, at_risk, lapsed, lost)
"""

_MANY = """CASE WHEN h.grade IN ('A', 'C') THEN n.orders >= l.count_threshold * (1 - l.hysteresis)
            WHEN h.grade IN ('B', 'D') THEN n.orders > l.count_threshold * (1 + l.hysteresis)
            ELSE n.orders > l.count_threshold END"""
_CHECK = "n.revenue::float8 / n.orders"
_HIGH = f"""CASE WHEN h.grade IN ('A', 'B') THEN {_CHECK} >= l.check_threshold * (1 - l.hysteresis)
            WHEN h.grade IN ('C', 'D') THEN {_CHECK} > l.check_threshold * (1 + l.hysteresis)
            ELSE {_CHECK} > l.check_threshold END"""

# Of `n` (orders and revenue of the window), `h` (the grade so far) and `l` (the limits).
NEW_GRADE = f"""CASE WHEN n.orders = 0 THEN coalesce(h.grade, '')
            WHEN {_MANY} THEN CASE WHEN {_HIGH} THEN 'A' ELSE 'C' END
            ELSE CASE WHEN {_HIGH} THEN 'B' ELSE 'D' END
       END"""

# Who has no order in the window keeps the last grade. Who was never graded, because the history was
# imported later, gets the one that the window up to the own last order makes.
LAST_WINDOW = """
LATERAL (
    SELECT count(*)::int AS orders, coalesce(sum(o.revenue), 0)::bigint AS revenue
    FROM customers_order AS o
    WHERE s.window_orders = 0 AND coalesce(h.grade, '') = ''
      AND o.customer_id = s.customer_id AND o.status NOT IN ('cancelled', 'returned')
      AND o.placed_on > s.last_on - l.window_days AND o.placed_on <= s.last_on
) AS last_window
"""
NO_LAST_WINDOW = "(VALUES (0, 0::bigint)) AS last_window (orders, revenue)"
UNGRADED = """
SELECT EXISTS (
    SELECT FROM segmentation_purchasestatistics AS s
    LEFT JOIN segmentation_standing AS h ON h.customer_id = s.customer_id
    WHERE s.window_orders = 0 AND coalesce(h.grade, '') = ''
)
"""

# What is worked out on the way is kept in tables that nobody else sees before they are dropped. For the whole base they
# are unlogged ones ({kept}): workers cannot read the temporary tables of another process.
KEPT_SOME, KEPT_ALL = "TEMP", "UNLOGGED"

# `last_window` is asked for each customer, which an ordinary night can do without.
GRADED = f"""
CREATE {{kept}} TABLE graded AS
SELECT s.customer_id, l.kind, s.purchase_days, s.last_on, s.margin,
       n.orders AS window_orders, n.revenue AS window_revenue,
       s.last_on - s.first_on AS days_between,
       %(as_of)s - s.last_on AS days_since,
       h.customer_id IS NULL AS is_new,
       coalesce(h.grade, '') AS old_grade, h.grade_since AS old_grade_since,
       coalesce(h.lifecycle, '') AS old_lifecycle, h.lifecycle_since AS old_lifecycle_since,
       {NEW_GRADE} AS grade
FROM segmentation_purchasestatistics AS s
JOIN customers_customer AS c ON c.id = s.customer_id
JOIN {LIMITS} ON l.kind = c.kind
LEFT JOIN segmentation_standing AS h ON h.customer_id = s.customer_id
CROSS JOIN {{last_window}}
CROSS JOIN LATERAL (
    SELECT s.window_orders + last_window.orders AS orders, s.window_revenue + last_window.revenue AS revenue
) AS n
WHERE {{scope}}
"""  # noqa: S608

# Of `graded` without last windows: whether somebody needs theirs.
LEFT_UNGRADED = "SELECT EXISTS (SELECT FROM graded WHERE window_orders = 0 AND old_grade = '')"

# The median of the mean gap of repeat buyers, per kind ('' for the grade) and per kind and grade.
# In whole days, so that a gap does not drift a little each night and take stages back and forth.
GAPS = """
SELECT kind, CASE WHEN GROUPING(grade) = 0 THEN grade ELSE '' END, count(*),
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days_between::float8 / (purchase_days - 1)))
FROM graded
WHERE purchase_days > 1
GROUP BY GROUPING SETS ((kind), (kind, grade))
"""

_LEAVING = " ".join(f"WHEN '{stage}' THEN {share}" for stage, share in LEAVING_BY_STAGE.items())

# `forecast` holds what the models foretold; NaN stands for "the method does not know".
OUTCOME = f"""
CREATE TEMP TABLE outcome ON COMMIT DROP AS
SELECT o.customer_id, o.is_new, o.kind, o.grade, o.old_grade, o.stage AS lifecycle, o.old_lifecycle, o.days_since,
       o.gap, o.window_orders, o.window_revenue,
       CASE WHEN o.grade = '' THEN NULL WHEN o.grade = o.old_grade THEN o.old_grade_since ELSE %(as_of)s END
           AS grade_since,
       CASE WHEN o.stage = o.old_lifecycle THEN o.old_lifecycle_since ELSE %(as_of)s END AS lifecycle_since,
       o.last_on + ceil(o.gap)::int AS next_order_on,
       o.margin AS realised,
       coalesce(f.predicted_12, 0) AS predicted_12, coalesce(f.predicted_36, 0) AS predicted_36,
       coalesce(f.orders_12, 0) AS expected_orders_12, nullif(f.p_alive, 'NaN') AS p_alive,
       floor(coalesce(f.predicted_12, 0)
             * CASE WHEN f.p_alive <> 'NaN' THEN 1 - f.p_alive ELSE CASE o.stage {_LEAVING} END END + 0.5)::bigint
           AS value_at_risk
FROM (
    SELECT g.*, CASE WHEN g.purchase_days = 1 AND g.days_since / g.gap <= 1 THEN 'new'
                     WHEN g.days_since / g.gap < l.at_risk THEN 'active'
                     WHEN g.days_since / g.gap < l.lapsed THEN 'at_risk'
                     WHEN g.days_since / g.gap < l.lost THEN 'lapsed'
                     ELSE 'lost' END AS stage
    FROM (
        SELECT g.*, (g.days_between + {PRIOR_GAPS} * coalesce(own.gap, whole.gap, {DEFAULT_GAP_DAYS})::float8)
                    / (g.purchase_days - 1 + {PRIOR_GAPS}) AS gap
        FROM graded AS g
        LEFT JOIN {{gaps}} AS own (kind, grade, gap) ON own.kind = g.kind AND own.grade = g.grade AND g.grade <> ''
        LEFT JOIN {{gaps}} AS whole (kind, grade, gap) ON whole.kind = g.kind AND whole.grade = ''
    ) AS g JOIN {LIMITS} ON l.kind = g.kind
) AS o LEFT JOIN forecast AS f ON f.customer_id = o.customer_id
"""  # noqa: S608

GAP_ROWS = "unnest(%(gap_kinds)s::text[], %(gap_grades)s::text[], %(gap_days)s::float8[])"

NUMBERS = (
    "grade",
    "grade_since",
    "lifecycle",
    "lifecycle_since",
    "expected_gap_days",
    "next_order_on",
    "realised",
    "predicted_12",
    "predicted_36",
    "expected_orders_12",
    "p_alive",
    "value_at_risk",
    "risk_band",
    "method",
)
# Bands of value at risk are some 9 % wide (a twelfth of e): a night moves a fifth of the customers to another one, and
# a band of a big base is small enough to be sorted for a page.
_BAND = "(CASE WHEN o.value_at_risk > 0 THEN 1 + floor(12 * ln(o.value_at_risk::float8)) ELSE 0 END)::smallint"
_VALUES = {"expected_gap_days": "o.gap", "method": "%(method)s", "risk_band": _BAND}
_NEW = ", ".join(_VALUES.get(name, f"o.{name}") for name in NUMBERS)
_OLD = ", ".join(f"s.{name}" for name in NUMBERS)

UPDATE = f"""
UPDATE segmentation_standing AS s
SET (as_of, {", ".join(NUMBERS)}) = ROW (%(as_of)s, {_NEW})
FROM outcome AS o
WHERE s.customer_id = o.customer_id AND {{scope}} AND ({_OLD}) IS DISTINCT FROM ({_NEW})
"""  # noqa: S608

INSERT = f"""
INSERT INTO segmentation_standing (customer_id, as_of, {", ".join(NUMBERS)})
SELECT o.customer_id, %(as_of)s, {_NEW}
FROM outcome AS o
WHERE o.is_new
"""  # noqa: S608
