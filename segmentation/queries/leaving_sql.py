"""What leaving costs and after what it happens, in SQL for the whole base.

Money is in minor units. `limits` is a row per customer kind: from how many expected gaps on a customer is lapsed, and
the margin assumed without a known cost.
"""

LIMITS = "unnest(%(kinds)s::text[], %(lapsed)s::float8[], %(rates)s::float8[]) AS l (kind, lapsed, rate)"

# Who is gone. The earlier of two days counts: that on which the own rhythm was broken, that on which it was told.
_GONE = f"""
SELECT s.customer_id, p.last_on, least(%(as_of)s, d.told_on, CASE WHEN s.lifecycle IN ('lapsed', 'lost')
           THEN p.last_on + ceil(l.lapsed * s.expected_gap_days)::int END) AS left_on,
       s.grade, c.owner_id, a.channel_id, d.reason_id, d.competitor_id, l.rate
FROM segmentation_standing AS s
JOIN segmentation_purchasestatistics AS p ON p.customer_id = s.customer_id
JOIN customers_customer AS c ON c.id = s.customer_id
JOIN {LIMITS} ON l.kind = c.kind
LEFT JOIN acquisition_acquisition AS a ON a.customer_id = s.customer_id
LEFT JOIN (
    SELECT customer_id, reason_id, competitor_id, (at AT TIME ZONE %(zone)s)::date AS told_on
    FROM market_departure WHERE returned_on IS NULL AND at < %(until)s
) AS d ON d.customer_id = s.customer_id
WHERE (s.lifecycle IN ('lapsed', 'lost') OR d.customer_id IS NOT NULL)
  AND p.last_on >= %(as_of)s - %(kept_days)s
"""  # noqa: S608
_FOLLOWED = "(left_on, grade, owner_id, channel_id, reason_id, competitor_id)"


def _followed(row: str) -> str:
    return _FOLLOWED.replace("(", f"({row}.").replace(", ", f", {row}.")


# Whose loss is not written down as it is. `known`: whose row is there; without a `customer_id` it is to go. `is_fresh`:
# whose value is to be counted: the others left as before, and a closing that is over does not change.
CHANGED = f"""
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT g.*, x.customer_id AS known, x.customer_id IS NULL OR x.last_on <> g.last_on
           OR date_trunc('month', x.left_on) <> date_trunc('month', g.left_on) AS is_fresh
FROM ({_GONE}) AS g FULL JOIN segmentation_loss AS x ON x.customer_id = g.customer_id
WHERE g.customer_id IS NULL OR x.customer_id IS NULL OR x.last_on <> g.last_on
   OR {_followed("x")} IS DISTINCT FROM {_followed("g")}
"""  # noqa: S608

REMOVE = """
DELETE FROM segmentation_loss AS x USING changed AS g WHERE g.customer_id IS NULL AND g.known = x.customer_id
"""

FRESH = "CREATE TEMP TABLE fresh ON COMMIT DROP AS SELECT * FROM changed WHERE is_fresh AND customer_id IS NOT NULL"

CATEGORIES = """
CREATE TEMP TABLE main_category ON COMMIT DROP AS
SELECT DISTINCT ON (o.customer_id) o.customer_id, t.category_id
FROM fresh AS f
JOIN customers_order AS o ON o.customer_id = f.customer_id AND o.status NOT IN ('cancelled', 'returned')
JOIN customers_orderline AS n ON n.order_id = o.id
JOIN customers_product AS t ON t.id = n.product_id AND t.category_id IS NOT NULL
GROUP BY o.customer_id, t.category_id
ORDER BY o.customer_id, sum(n.revenue) DESC, t.category_id
"""

WRITE = """
INSERT INTO segmentation_loss (customer_id, last_on, left_on, value, is_forecast, grade, owner_id, channel_id,
                               category_id, reason_id, competitor_id)
SELECT f.customer_id, f.last_on, f.left_on, greatest(0, coalesce(b.value, m.margin, 0)), b.value IS NOT NULL,
       f.grade, f.owner_id, f.channel_id, k.category_id, f.reason_id, f.competitor_id
FROM fresh AS f
LEFT JOIN segmentation_bookentry AS b
    ON b.customer_id = f.customer_id AND b.month = (date_trunc('month', f.left_on) - interval '1 month')::date
LEFT JOIN main_category AS k ON k.customer_id = f.customer_id
LEFT JOIN LATERAL (
    SELECT round(sum(o.revenue - o.known_cost - o.uncosted_revenue * (1 - f.rate)))::bigint AS margin
    FROM customers_order AS o
    WHERE b.value IS NULL AND o.customer_id = f.customer_id AND o.status NOT IN ('cancelled', 'returned')
      AND o.placed_on > f.last_on - 365 AND o.placed_on <= f.last_on
) AS m ON true
ON CONFLICT (customer_id) DO UPDATE SET
    last_on = excluded.last_on, left_on = excluded.left_on, value = excluded.value,
    is_forecast = excluded.is_forecast, category_id = excluded.category_id
"""

FOLLOW = f"""
UPDATE segmentation_loss AS x SET {_FOLLOWED} = ROW {_followed("g")}
FROM changed AS g
WHERE g.customer_id = x.customer_id AND {_followed("x")} IS DISTINCT FROM {_followed("g")}
"""  # noqa: S608

# The column of each dimension that losses are told apart by, and its value as text; "" is none. A channel goes by its
# code.
_COLUMNS = {
    "reason": ("reason_id", "coalesce(x.reason_id::text, '')"),
    "competitor": ("competitor_id", "coalesce(x.competitor_id::text, '')"),
    "grade": ("grade", "x.grade"),
    "owner": ("owner_id", "coalesce(x.owner_id::text, 'pool')"),
    "channel": (
        "channel_id",
        "coalesce((SELECT h.code FROM acquisition_channel AS h WHERE h.id = x.channel_id), '')",
    ),
    "category": ("category_id", "coalesce(x.category_id::text, '')"),
}
DIMENSIONS = ("all", *_COLUMNS)
_NAMES = ", ".join(column for column, _part in _COLUMNS.values())
_SETS = ", ".join(f"(x.month, x.{column})" for column, _part in _COLUMNS.values())
_GROUPED = " ".join(f"WHEN GROUPING(x.{column}) = 0 THEN {{{name}}}" for name, (column, _part) in _COLUMNS.items())
_DIMENSION = _GROUPED.format(**{name: f"'{name}'" for name in _COLUMNS})
_PART = _GROUPED.format(**{name: part for name, (_column, part) in _COLUMNS.items()})


def figures(where: str = "true") -> str:
    """Losses by month and each dimension: month, dimension, part, customers, value.

    The losses themselves are read once, and as many rows as they differ in are then added up for each dimension.
    """
    return f"""
SELECT x.month, CASE {_DIMENSION} ELSE 'all' END AS dimension, CASE {_PART} ELSE '' END AS part,
       sum(x.customers)::int AS customers, sum(x.value)::bigint AS value
FROM (
    SELECT date_trunc('month', x.left_on::timestamp)::date AS month, {_NAMES},
           count(*) AS customers, sum(x.value)::bigint AS value
    FROM segmentation_loss AS x
    WHERE {where}
    GROUP BY 1, {_NAMES}
) AS x
GROUP BY GROUPING SETS ((x.month), {_SETS})
"""  # noqa: S608


FIGURES = f"""
INSERT INTO segmentation_lossfigure (month, dimension, part, customers, value)
SELECT month, dimension, part, customers, value FROM ({figures()}) AS counted
"""  # noqa: S608

# Those who by their own rhythm were not gone on the day `since`, and whether they are gone by now.
AT_START = f"""
CREATE TEMP TABLE at_start ON COMMIT DROP AS
SELECT s.customer_id, s.lifecycle IN ('lapsed', 'lost') OR EXISTS (
           SELECT FROM market_departure AS d WHERE d.customer_id = s.customer_id AND d.returned_on IS NULL
       ) AS has_left
FROM segmentation_standing AS s
JOIN segmentation_purchasestatistics AS p ON p.customer_id = s.customer_id
JOIN customers_customer AS c ON c.id = s.customer_id
JOIN {LIMITS} ON l.kind = c.kind
CROSS JOIN LATERAL (
    SELECT CASE WHEN p.last_on < %(since)s THEN p.last_on ELSE (
        SELECT max(o.placed_on) FROM customers_order AS o
        WHERE o.customer_id = s.customer_id AND o.placed_on < %(since)s
          AND o.status NOT IN ('cancelled', 'returned')) END AS on
) AS last
WHERE p.first_on < %(since)s AND last.on > %(since)s - ceil(l.lapsed * s.expected_gap_days)::int
"""  # noqa: S608

# Of a pattern: exposed, exposed and gone, others, others and gone. Needs the table of AT_START.
LIFT = """
SELECT count(*) FILTER (WHERE e.customer_id IS NOT NULL),
       count(*) FILTER (WHERE e.customer_id IS NOT NULL AND has_left),
       count(*) FILTER (WHERE e.customer_id IS NULL), count(*) FILTER (WHERE e.customer_id IS NULL AND has_left)
FROM at_start LEFT JOIN (SELECT DISTINCT customer_id FROM ({exposed}) AS happened) AS e USING (customer_id)
"""
