"""Which inquiries became orders."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from acquisition.queries.desk import leak_terms

# So long before today the night looks for orders that came late into the base.
LATE_DAYS = 60
# The first counted order of the customer from the inquiry on, within the time that the policy gives.
_LINK = """
    UPDATE acquisition_inquiry i SET order_id = found.order_id, updated_at = %(now)s
    FROM (
        SELECT q.id, o.id AS order_id
        FROM acquisition_inquiry q
        CROSS JOIN LATERAL (
            SELECT o.id FROM customers_order o
            WHERE o.customer_id = q.customer_id AND o.status NOT IN ('cancelled', 'returned')
              AND o.placed_on >= q.happened_on AND o.placed_at >= q.at AND o.placed_on <= q.happened_on + %(days)s
            ORDER BY o.placed_at, o.id LIMIT 1
        ) o
        WHERE q.order_id IS NULL AND q.customer_id IS NOT NULL AND NOT q.is_spam AND q.happened_on >= %(since)s
    ) found WHERE found.id = i.id AND i.order_id IS NULL"""


@transaction.atomic
def link_orders(*, today: date, now: datetime, days: int | None = None) -> int:
    """Fill in the order that an inquiry led to; one that is linked already (by a hand, by a source) stays.

    days: how many days back inquiries are looked at; all that an order may still come of, and some more, by
    default. Returns how many were linked.
    """
    order_days = leak_terms().order_days
    since = today - timedelta(days=order_days + LATE_DAYS if days is None else days)
    with connection.cursor() as cursor:
        cursor.execute(_LINK, {"days": order_days, "since": since, "now": now})
        return cursor.rowcount
