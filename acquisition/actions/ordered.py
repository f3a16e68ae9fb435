"""Which inquiries became orders."""

from datetime import date, datetime, timedelta

from django.db import connection, transaction

from acquisition.queries.desk import leak_terms

# So long before today the night looks for orders that came late into the base.
LATE_DAYS = 60
# And at every inquiry told so lately, however old, and at those of customers with orders told so lately: a history is
# brought in part by part.
TOLD_LATELY = timedelta(days=7)
# The first counted order of the customer from the inquiry on, within the time that the policy gives. One that was
# cancelled since makes room for the next, or for none.
_LINK = """
    WITH looked_at AS (
        SELECT id FROM acquisition_inquiry WHERE happened_on >= %(since)s
        UNION SELECT id FROM acquisition_inquiry WHERE updated_at >= %(told_since)s
        UNION SELECT q.id FROM acquisition_inquiry q JOIN customers_order o USING (customer_id)
        WHERE o.updated_at >= %(told_since)s
    )
    UPDATE acquisition_inquiry i SET order_id = found.order_id, updated_at = %(now)s
    FROM (
        SELECT q.id, q.order_id AS was, o.id AS order_id
        FROM acquisition_inquiry q JOIN looked_at USING (id)
        LEFT JOIN customers_order l ON l.id = q.order_id
        LEFT JOIN LATERAL (
            SELECT o.id FROM customers_order o
            WHERE o.customer_id = q.customer_id AND o.status NOT IN ('cancelled', 'returned')
              AND o.placed_on >= q.happened_on AND o.placed_at >= q.at AND o.placed_on <= q.happened_on + %(days)s
            ORDER BY o.placed_at, o.id LIMIT 1
        ) o ON TRUE
        WHERE (q.order_id IS NULL OR l.status IN ('cancelled', 'returned')) AND NOT q.is_spam
    ) found
    WHERE found.id = i.id AND i.order_id IS NOT DISTINCT FROM found.was AND found.order_id IS DISTINCT FROM found.was"""


@transaction.atomic
def link_orders(*, today: date, now: datetime, days: int | None = None, told_within: timedelta = TOLD_LATELY) -> int:
    """Fill in the order that an inquiry led to; one that is linked already (by a hand, by a source) and counts stays.

    days: how many days back inquiries are looked at; all that an order may still come of, and some more, by
    default. told_within: those recorded or changed so lately, or whose customer's orders were, are looked at too, of
    whatever day. Returns how many links changed.
    """
    order_days = leak_terms().order_days
    since = today - timedelta(days=order_days + LATE_DAYS if days is None else days)
    with connection.cursor() as cursor:
        cursor.execute(_LINK, {"days": order_days, "since": since, "now": now, "told_since": now - told_within})
        return cursor.rowcount
