"""The rules of `rules/book.py` in SQL, for a million customers in one statement; a test holds the two equal."""

from segmentation.rules.book import ATTRITION, Cause, Side

# Working addresses of those who have some.
REACH = """
SELECT customer_id, least(count(*), 32767)::smallint AS contacts
FROM customers_contactpoint WHERE status = 'valid' GROUP BY customer_id
"""
# Buyers at this minute: (customer_id, value, contacts, is_reachable, grade, lifecycle). {scope} follows WHERE, {reach}
# is REACH or a table of it.
TODAY = """
SELECT s.customer_id, s.predicted_12 AS value, coalesce(c.contacts, 0)::smallint AS contacts,
       c.contacts IS NOT NULL AS is_reachable, s.grade, s.lifecycle
FROM segmentation_standing AS s LEFT JOIN {reach} AS c USING (customer_id)
WHERE {scope}
"""
# The same of a month that is closed: {month} is a parameter.
CLOSED = """
SELECT s.customer_id, s.value, s.contacts, s.is_reachable, s.grade, s.lifecycle
FROM segmentation_bookentry AS s WHERE s.month = {month} AND {scope}
"""
# Who moved, why and by how much: pairs of an `opening` and a `closing`, either of which may be missing.
CAUSE = """
CASE WHEN n.is_reachable THEN
         CASE WHEN o.customer_id IS NULL THEN 'acquired'
              WHEN NOT o.is_reachable THEN 'reachable_again'
              WHEN n.value > o.value THEN 'expanded'
              WHEN n.value < o.value THEN 'shrunk' END
     WHEN o.is_reachable THEN CASE WHEN n.customer_id IS NULL THEN 'gone' ELSE 'unreachable' END END
"""
AMOUNT = """
CASE WHEN o.is_reachable AND n.is_reachable THEN abs(n.value - o.value)
     WHEN n.is_reachable THEN n.value WHEN o.is_reachable THEN o.value END
"""
BALANCE = f"""
SELECT {CAUSE} AS cause, count(*), coalesce(sum({AMOUNT}), 0)::bigint,
       coalesce(sum(o.value) FILTER (WHERE o.is_reachable), 0)::bigint,
       coalesce(sum(n.value) FILTER (WHERE n.is_reachable), 0)::bigint, count(*) FILTER (WHERE n.is_reachable),
       coalesce(sum(n.value) FILTER (WHERE NOT n.is_reachable), 0)::bigint, count(*) FILTER (WHERE NOT n.is_reachable),
       coalesce(sum(o.contacts - n.contacts) FILTER (WHERE o.contacts > n.contacts), 0)::bigint,
       count(*) FILTER (WHERE o.contacts > n.contacts)
FROM ({{opening}}) AS o FULL JOIN ({{closing}}) AS n USING (customer_id)
GROUP BY 1
"""  # noqa: S608
# Customers behind a sum of the balance.
MOVED = """
SELECT customer_id FROM ({opening}) AS o FULL JOIN ({closing}) AS n USING (customer_id) WHERE {conditions}
"""
CONDITIONS = {cause.value: f"{CAUSE} = '{cause.value}'" for cause in Cause} | {
    Side.ATTRITION: f"{CAUSE} IN ({', '.join(repr(cause.value) for cause in ATTRITION)})",
    Side.OPENING: "o.is_reachable",
    Side.CLOSING: "n.is_reachable",
    Side.BEYOND_REACH: "NOT n.is_reachable",
    Side.FEWER_CONTACTS: "o.contacts > n.contacts",
}

CLOSE = f"""
INSERT INTO segmentation_bookentry (month, customer_id, value, contacts, is_reachable, grade, lifecycle)
SELECT %(month)s, customer_id, value, contacts, is_reachable, grade, lifecycle
FROM ({TODAY.format(scope="TRUE", reach="reach")}) AS today ORDER BY customer_id
"""  # noqa: S608
