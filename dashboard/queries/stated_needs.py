"""Customers who spoke of something that the product lacks: in conversations, answers and inquiries."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection

from segmentation.models import AWAITED, Capability
from segmentation.rules.candidates import Stated

HEARD_DAYS = 365
MOST = 500
# All words of a capability's name, in any form. The newest saying of a customer about a capability counts.
_SAID = """
WITH said AS MATERIALIZED (
    SELECT customer_id, source, "on", words, to_tsvector('russian', words) AS heard FROM (
        SELECT customer_id, 'touch' AS source, at::date AS "on", note AS words FROM touches_touch
        WHERE at >= %(since)s AND note <> ''
        UNION ALL
        SELECT customer_id, 'nps', answered_at::date, comment FROM nps_response
        WHERE answered_at >= %(since)s AND comment <> ''
        UNION ALL
        SELECT customer_id, 'inquiry', happened_on, note FROM acquisition_inquiry
        WHERE happened_on >= %(since)s AND note <> '' AND customer_id IS NOT NULL AND NOT is_spam
    ) AS told
)
SELECT * FROM (
    SELECT DISTINCT ON (customer_id, c.id) customer_id, c.id AS capability_id, source, "on", words
    FROM segmentation_capability AS c
    JOIN said ON said.heard @@ plainto_tsquery('russian', c.name)
    WHERE c.state = ANY(%(awaited)s) AND numnode(plainto_tsquery('russian', c.name)) > 0
    ORDER BY customer_id, c.id, "on" DESC, source
) AS newest ORDER BY "on" DESC, customer_id, capability_id LIMIT %(most)s
"""


def stated_needs(*, as_of: date) -> Iterator[Stated]:
    """Who said it in the last 365 days, the newest first; nothing is read while no capability is waited for."""
    awaited = [str(state) for state in AWAITED]
    if not Capability.objects.filter(state__in=awaited).exists():
        return
    values: dict[str, Any] = {"since": as_of - timedelta(days=HEARD_DAYS), "awaited": awaited, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(_SAID, values)
        rows = cursor.fetchall()
    for customer_id, capability_id, where, on, said in rows:
        yield Stated(customer_id, capability_id, where, on, said)
