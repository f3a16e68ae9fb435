"""Which channel each customer is counted to."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from acquisition.actions.ways import settle_ways
from customers.actions.locks import lock_derived

# The first day comes from the index alone; only its orders are read from the table. Sorting all orders
# would take several times as long. Of a day's orders the earliest counts, then the one recorded first.
FIRST_DAYS = """
    CREATE TEMPORARY TABLE first_day AS
    SELECT customer_id, min(placed_on) AS won_on FROM customers_order
    WHERE status NOT IN ('cancelled', 'returned') AND placed_on <= %(as_of)s AND {scope}
    GROUP BY customer_id
"""
FIRST_ORDERS = """
    CREATE TEMPORARY TABLE first_order AS
    SELECT DISTINCT ON (f.customer_id) f.customer_id, f.won_on,
           lower(trim(coalesce(nullif(trim(o.channel_code), ''), c.channel_code))) AS told_code
    FROM first_day f
    JOIN customers_order o ON o.customer_id = f.customer_id AND o.placed_on = f.won_on
        AND o.status NOT IN ('cancelled', 'returned')
    JOIN customers_customer c ON c.id = f.customer_id
    ORDER BY f.customer_id, o.placed_at, o.id
"""
CHANGED = """
    CREATE TEMPORARY TABLE newly_attributed AS
    SELECT f.customer_id, f.won_on, f.told_code, ch.id AS channel_id, cp.id AS campaign_id,
           known.won_on AS known_won_on
    FROM first_order f
    LEFT JOIN acquisition_channel ch ON ch.code = split_part(f.told_code, '/', 1)
    LEFT JOIN acquisition_campaign cp ON cp.channel_id = ch.id AND cp.code = split_part(f.told_code, '/', 2)
    LEFT JOIN acquisition_acquisition known USING (customer_id)
    WHERE known.customer_id IS NULL
       OR (known.won_on, known.told_code, known.channel_id, known.campaign_id)
          IS DISTINCT FROM (f.won_on, f.told_code, ch.id, cp.id)
"""
ATTRIBUTE = """
    INSERT INTO acquisition_acquisition (customer_id, won_on, told_code, channel_id, campaign_id)
    SELECT customer_id, won_on, told_code, channel_id, campaign_id FROM newly_attributed
    ON CONFLICT (customer_id) DO UPDATE
    SET won_on = excluded.won_on, told_code = excluded.told_code, channel_id = excluded.channel_id,
        campaign_id = excluded.campaign_id
"""
MONTHS = """
    SELECT DISTINCT date_trunc('month', won_on)::date FROM newly_attributed
    UNION SELECT DISTINCT date_trunc('month', known_won_on)::date FROM newly_attributed
    WHERE known_won_on IS NOT NULL
"""
FORGET = """
    WITH forgotten AS (
        DELETE FROM acquisition_acquisition a
        WHERE a.won_on <= %(as_of)s AND {scope}
          AND NOT EXISTS (SELECT 1 FROM first_order f WHERE f.customer_id = a.customer_id)
        RETURNING a.won_on
    )
    SELECT date_trunc('month', won_on)::date, count(*) FROM forgotten GROUP BY 1
"""
COUNT = """
    INSERT INTO acquisition_monthwon (channel_id, campaign_id, month, customers)
    SELECT a.channel_id, a.campaign_id, m.month, count(*)
    FROM unnest(%(months)s::date[]) AS m (month)
    JOIN acquisition_acquisition a ON a.won_on >= m.month AND a.won_on < m.month + interval '1 month'
    GROUP BY 1, 2, 3
"""
EVERY_MONTH = "SELECT DISTINCT date_trunc('month', won_on)::date FROM acquisition_acquisition"


@transaction.atomic
def attribute_customers(*, as_of: date, customer_ids: Sequence[int] | None = None) -> int:
    """Count customers, those named or all, to the channel of the first counted order placed by `as_of`.

    The order's own channel code goes before the customer's; a code without a channel leaves the channel
    empty. A first order that came late, was cancelled or returned moves the customer, or takes them out.
    Returns the number of customers whose attribution changed.
    """
    lock_derived()
    values: dict[str, Any] = {"as_of": as_of, "customer_ids": list(customer_ids or ())}
    with connection.cursor() as cursor:
        # For the hash tables of a million customers; the night runs alone.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(FIRST_DAYS.format(scope=_scope("customer_id", customer_ids)), values)
        cursor.execute("ANALYZE first_day")
        cursor.execute(FIRST_ORDERS)
        cursor.execute("ANALYZE first_order")
        cursor.execute(FORGET.format(scope=_scope("a.customer_id", customer_ids)), values)
        forgotten = dict(cursor.fetchall())
        cursor.execute(CHANGED)
        cursor.execute(ATTRIBUTE)
        changed = sum(forgotten.values()) + cursor.rowcount
        cursor.execute(MONTHS)
        months = forgotten.keys() | {month for (month,) in cursor.fetchall()}
        if customer_ids is None:
            cursor.execute("SELECT customer_id FROM newly_attributed")
            customer_ids = [customer_id for (customer_id,) in cursor.fetchall()]
        cursor.execute("DROP TABLE first_day, first_order, newly_attributed")
    # Whoever came by an inquiry or a visit may count to another channel than the order's.
    moved = settle_ways(as_of=as_of, customer_ids=customer_ids)
    if months := months | moved.months:
        count_won(months=months)
    return changed


def _scope(column: str, customer_ids: Sequence[int] | None) -> str:
    return "TRUE" if customer_ids is None else f"{column} = ANY(%(customer_ids)s::bigint[])"


@transaction.atomic
def count_won(*, months: Iterable[date] | None = None) -> None:
    """Count the customers that each channel won in the months (their first days), or in all, for the pages."""
    with connection.cursor() as cursor:
        # One count at a time; readers see the counts of before until the commit.
        cursor.execute("LOCK TABLE acquisition_monthwon IN SHARE ROW EXCLUSIVE MODE")
        if months is None:
            cursor.execute("DELETE FROM acquisition_monthwon")
            cursor.execute(EVERY_MONTH)
            counted: Any = [month for (month,) in cursor.fetchall()]
        else:
            counted = sorted(months)
            cursor.execute("DELETE FROM acquisition_monthwon WHERE month = ANY(%s::date[])", [counted])
        cursor.execute(COUNT, {"months": counted})
