"""By which ways customers came to their first orders, and which way each model of attribution counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

from acquisition.queries.rule import rule_in_force

# A customer won longer ago keeps what was concluded: visits are not kept for ever, and the past must not move.
# Whose orders change is looked at anew all the same.
LOOKED_AT_FOR = timedelta(days=90)

_SCOPE = """
    CREATE TEMPORARY TABLE looked_at ON COMMIT DROP AS
    SELECT customer_id, won_on, told_code FROM acquisition_acquisition WHERE {scope}
"""
# A code as told: channel, or channel/campaign. A visit tells it by utm_source and utm_campaign.
_TOUCHES = """
    CREATE TEMPORARY TABLE way ON COMMIT DROP AS
    SELECT i.customer_id, i.at, i.order_id, 'inquiry' AS kind, lower(trim(i.channel_code)) AS told
    FROM looked_at JOIN acquisition_inquiry i USING (customer_id)
    WHERE NOT i.is_spam AND trim(i.channel_code) <> ''
    UNION ALL
    SELECT v.customer_id, v.at, NULL, 'visit', left(v.source, 50) || coalesce('/' || left(v.campaign, 50), '')
    FROM (
        SELECT customer_id, at, lower(substring(data ->> 'url' FROM '[?&]utm_source=([^&#]+)')) AS source,
               lower(substring(data ->> 'url' FROM '[?&]utm_campaign=([^&#]+)')) AS campaign
        FROM customers_timelineevent
        WHERE kind = 'page_viewed' AND at >= %(visits_from)s AND data ->> 'url' LIKE '%%utm_source=%%'
    ) v
    JOIN looked_at USING (customer_id)
"""
# Who came by anything else than the first order tells, and whoever was said to.
_BEGUN = """
    CREATE TEMPORARY TABLE way_end ON COMMIT DROP AS
    SELECT DISTINCT ON (l.customer_id) l.customer_id, o.id AS order_id, o.placed_at, c.created_at,
           lower(trim(o.channel_code)) AS order_code, lower(trim(c.channel_code)) AS own_code
    FROM looked_at l
    JOIN customers_customer c ON c.id = l.customer_id
    JOIN customers_order o ON o.customer_id = l.customer_id AND o.placed_on = l.won_on
        AND o.status NOT IN ('cancelled', 'returned')
    WHERE l.customer_id IN (SELECT customer_id FROM way)
       OR (c.channel_code <> '' AND lower(trim(c.channel_code)) NOT IN (l.told_code, split_part(l.told_code, '/', 1)))
       OR EXISTS (SELECT FROM acquisition_customerattribution k WHERE k.customer_id = l.customer_id)
    ORDER BY l.customer_id, o.placed_at, o.id
"""
# The order's code counts at its moment, the customer's own from when the customer is known. What names the order's
# channel without a campaign is taken for the order's campaign.
_CONCLUDED = """
    CREATE TEMPORARY TABLE way_told ON COMMIT DROP AS
    WITH counted AS (
        SELECT e.customer_id, w.at, w.kind,
               CASE w.told WHEN split_part(e.order_code, '/', 1) THEN e.order_code ELSE w.told END AS told,
               w.order_id IS NOT DISTINCT FROM e.order_id AS led,
               CASE w.kind WHEN 'inquiry' THEN 1 ELSE 2 END AS place
        FROM way_end e JOIN way w USING (customer_id)
        WHERE w.order_id = e.order_id
           OR (w.at <= e.placed_at AND w.at >= e.placed_at - make_interval(days => %(lookback)s))
        UNION ALL
        SELECT customer_id, least(created_at, placed_at), 'own',
               CASE own_code WHEN split_part(order_code, '/', 1) THEN order_code ELSE own_code END, FALSE, 0
        FROM way_end WHERE own_code <> ''
        UNION ALL
        SELECT customer_id, placed_at, 'order', order_code, FALSE, 3 FROM way_end WHERE order_code <> ''
    )
    SELECT e.customer_id, coalesce(nullif(e.order_code, ''), e.own_code) AS "order",
           (array_agg(n.told ORDER BY n.led DESC, n.at DESC) FILTER (WHERE n.kind = 'inquiry'))[1] AS inquiry,
           (array_agg(n.told ORDER BY n.at, n.place) FILTER (WHERE n.told <> ''))[1] AS first_touch,
           (array_agg(n.told ORDER BY n.at DESC, n.place DESC) FILTER (WHERE n.told <> ''))[1] AS last_touch
    FROM way_end e LEFT JOIN counted n USING (customer_id)
    GROUP BY e.customer_id, e.order_code, e.own_code
"""
_FORGET = """
    DELETE FROM acquisition_customerattribution WHERE customer_id IN (SELECT customer_id FROM looked_at)
"""
# Without a way of its kind a model says what the order says.
_WRITE = """
    INSERT INTO acquisition_customerattribution (customer_id, model, told_code)
    SELECT t.customer_id, m.model, coalesce(m.told, t."order")
    FROM way_told t
    CROSS JOIN LATERAL (VALUES ('order', t."order"), ('inquiry', t.inquiry),
        ('first_touch', t.first_touch), ('last_touch', t.last_touch)) m (model, told)
    WHERE coalesce(t.inquiry, t."order") <> t."order" OR coalesce(t.first_touch, t."order") <> t."order"
       OR coalesce(t.last_touch, t."order") <> t."order"
"""
_APPLY = """
    WITH target AS (
        SELECT t.customer_id, coalesce(
            CASE %(model)s WHEN 'inquiry' THEN t.inquiry WHEN 'first_touch' THEN t.first_touch
                WHEN 'last_touch' THEN t.last_touch END, t."order") AS told
        FROM way_told t
    ), found AS (
        SELECT t.customer_id, t.told, ch.id AS channel_id, cp.id AS campaign_id
        FROM target t
        LEFT JOIN acquisition_channel ch ON ch.code = split_part(t.told, '/', 1)
        LEFT JOIN acquisition_campaign cp ON cp.channel_id = ch.id AND cp.code = split_part(t.told, '/', 2)
    )
    UPDATE acquisition_acquisition a
    SET told_code = f.told, channel_id = f.channel_id, campaign_id = f.campaign_id
    FROM found f
    WHERE a.customer_id = f.customer_id
      AND (a.told_code, a.channel_id, a.campaign_id) IS DISTINCT FROM (f.told, f.channel_id, f.campaign_id)
    RETURNING date_trunc('month', a.won_on)::date
"""


@dataclass(frozen=True)
class Moved:
    """How many customers are counted to another channel now, and the months in which they were won."""

    customers: int
    months: frozenset[date]


def settle_ways(*, as_of: date, customer_ids: Sequence[int] | None = None, since: date | None = None) -> Moved:
    """Conclude what each model says of customers (those named, those won `since`, or all), and count by the one
    in force.

    Needs their first orders in Acquisition, and a transaction. Whoever calls counts the months anew.
    """
    rule = rule_in_force()
    scope = "TRUE"
    if customer_ids is not None:
        scope = "customer_id = ANY(%(customer_ids)s::bigint[])"
    elif since is not None:
        scope = "won_on >= %(since)s"
    values: dict[str, Any] = {
        "customer_ids": list(customer_ids or ()),
        "since": since,
        "visits_from": (since or as_of - 2 * LOOKED_AT_FOR) - timedelta(days=rule.lookback_days),
        "lookback": rule.lookback_days,
        "model": rule.model,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SCOPE.format(scope=scope), values)
        cursor.execute("ANALYZE looked_at")
        cursor.execute(_TOUCHES, values)
        cursor.execute("ANALYZE way")
        cursor.execute(_BEGUN)
        cursor.execute("CREATE INDEX ON way (customer_id)")
        cursor.execute(_CONCLUDED, values)
        cursor.execute(_FORGET)
        cursor.execute(_WRITE)
        cursor.execute(_APPLY, values)
        months = [month for (month,) in cursor.fetchall()]
        cursor.execute("DROP TABLE looked_at, way, way_end, way_told")
    return Moved(len(months), frozenset(months))
