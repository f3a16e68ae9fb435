"""Whether a customer of a flow has ordered since."""

from collections.abc import Sequence

from django.conf import settings
from django.db import connection

# The day is what the index knows; the moment decides.
ORDER_IN_PASSAGE = """
    customers_order o
    WHERE o.customer_id = e.customer_id
      AND o.placed_on >= (e.entered_at AT TIME ZONE %(zone)s)::date
      AND o.placed_at > e.entered_at AND o.placed_at <= e.ends_at
      AND o.status NOT IN ('cancelled', 'returned')
"""


def ordered_since_entry(enrolment_ids: Sequence[int]) -> set[int]:
    """Those of the enrolments whose customer has a counted order between entry and the end of measuring."""
    if not enrolment_ids:
        return set()
    sql = f"""
        SELECT e.id FROM campaigns_enrolment e
        WHERE e.id = ANY(%(ids)s) AND EXISTS (SELECT FROM {ORDER_IN_PASSAGE})
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, {"ids": list(enrolment_ids), "zone": settings.TIME_ZONE})
        return {row[0] for row in cursor.fetchall()}
