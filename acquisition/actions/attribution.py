"""Which channel each customer is counted to."""

from datetime import date

from django.db import connection, transaction

from customers.actions.locks import lock_derived

# The first day comes from the index alone; only its orders are read from the table. Sorting all orders
# would take several times as long. Of a day's orders the earliest counts, then the one recorded first.
FIRST_DAYS = """
    CREATE TEMPORARY TABLE first_day AS
    SELECT customer_id, min(placed_on) AS won_on FROM customers_order
    WHERE status NOT IN ('cancelled', 'returned') AND placed_on <= %(as_of)s
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
ATTRIBUTE = """
    INSERT INTO acquisition_acquisition AS a (customer_id, won_on, told_code, channel_id)
    SELECT f.customer_id, f.won_on, f.told_code, ch.id
    FROM first_order f
    LEFT JOIN acquisition_channel ch ON ch.code = f.told_code
    LEFT JOIN acquisition_acquisition known USING (customer_id)
    WHERE known.customer_id IS NULL
       OR (known.won_on, known.told_code, known.channel_id) IS DISTINCT FROM (f.won_on, f.told_code, ch.id)
    ON CONFLICT (customer_id) DO UPDATE
    SET won_on = excluded.won_on, told_code = excluded.told_code, channel_id = excluded.channel_id
"""
COUNT = """
    INSERT INTO acquisition_monthwon (channel_id, month, customers)
    SELECT channel_id, date_trunc('month', won_on)::date, count(*)
    FROM acquisition_acquisition GROUP BY 1, 2
"""
FORGET = """
    DELETE FROM acquisition_acquisition a
    WHERE a.won_on <= %(as_of)s
      AND NOT EXISTS (SELECT 1 FROM first_order f WHERE f.customer_id = a.customer_id)
"""


@transaction.atomic
def attribute_customers(*, as_of: date) -> int:
    """Count every customer to the channel of the first counted order placed by `as_of`.

    The order's own channel code goes before the customer's; a code without a channel leaves the channel
    empty. A first order that came late, was cancelled or returned moves the customer, or takes them out.
    Returns the number of customers whose attribution changed.
    """
    lock_derived()
    with connection.cursor() as cursor:
        # For the hash tables of a million customers; the night runs alone.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(FIRST_DAYS, {"as_of": as_of})
        cursor.execute("ANALYZE first_day")
        cursor.execute(FIRST_ORDERS)
        cursor.execute("ANALYZE first_order")
        cursor.execute(FORGET, {"as_of": as_of})
        forgotten = cursor.rowcount
        cursor.execute(ATTRIBUTE)
        changed = forgotten + cursor.rowcount
        cursor.execute("DROP TABLE first_day, first_order")
    if changed:
        count_won()
    return changed


@transaction.atomic
def count_won() -> None:
    """Count the customers that each channel won in each month, for the pages."""
    with connection.cursor() as cursor:
        # One count at a time; readers see the counts of before until the commit.
        cursor.execute("LOCK TABLE acquisition_monthwon IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("DELETE FROM acquisition_monthwon")
        cursor.execute(COUNT)
