"""A base of any size, made inside PostgreSQL: customers who come, buy at their own rhythm, and drop out.

Orders lie in the table by day, as they would have come in, and not customer by customer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection

AS_OF = date(2026, 1, 1)
DAYS = 1095
ORDERS_PER_CUSTOMER = 10

# A third never comes back; the rest stay for an exponential time and buy at a gamma rate, scaled so
# that the base has the wanted number of orders.
_LATENT = """
CREATE TEMP TABLE latent AS
SELECT i AS id,
       floor(random() * %(days)s)::int AS started,
       CASE WHEN random() < 0.35 THEN 0 ELSE -ln(1 - random()) * 500 END AS stays,
       -ln(1 - random()) AS rate,
       exp(7.5 + 0.8 * sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())) AS check_size
FROM generate_series(1, %(customers)s) AS i
"""

_CUSTOMERS = """
INSERT INTO customers_customer
    (id, kind, name, city, language, time_zone, channel_code, created_at, updated_at)
SELECT id, CASE WHEN random() < 0.1 THEN 'company' ELSE 'person' END, 'Customer ' || id, '', '', '',
       (ARRAY['search', 'social', 'friends', ''])[1 + floor(random() * 4)::int],
       %(as_of)s::date - %(days)s + started, now()
FROM latent
"""

_DRAWN = """
CREATE UNLOGGED TABLE drawn AS
WITH scaled AS (
    SELECT *, least(stays, %(days)s - started) AS life,
           (%(per_customer)s - 1) * %(customers)s
           / sum(rate * least(stays, %(days)s - started)) OVER () AS scale
    FROM latent
)
SELECT id, check_size, %(as_of)s::date - %(days)s + started
       + CASE WHEN k = 1 THEN 0 ELSE floor(random() * (life + 1))::int END AS day
FROM scaled, LATERAL generate_series(1, 1 + floor(rate * life * scale + random())::int) AS k
ORDER BY day, random()
"""

_ORDERS = """
INSERT INTO customers_order
    (customer_id, source, external_id, number, version, content_digest, status, placed_at, placed_on,
     currency, rate, revenue, discount, returned, known_cost, uncosted_revenue, promo_code,
     channel_code, created_at, updated_at)
SELECT id, 'bench', 'b-' || row_number() OVER (), '', 1, '', status, day + interval '12 hours', day, 'RUB', 1,
       revenue, 0, 0, CASE WHEN costed THEN revenue * 6 / 10 ELSE 0 END,
       CASE WHEN costed THEN 0 ELSE revenue END, '', '', now(), now()
FROM (
    SELECT id, day, status, random() < 0.9 AS costed,
           CASE WHEN status IN ('cancelled', 'returned') THEN 0
                ELSE (100 * check_size * (0.5 + random()))::bigint END AS revenue
    FROM (SELECT *, (ARRAY['cancelled', 'returned', 'new'])[1 + floor(random() * 40)::int] AS odd FROM drawn) AS d,
         LATERAL (SELECT coalesce(odd, 'fulfilled') AS status) AS s
) AS o
"""


def fill(customers: int, *, seed: float = 0.5) -> int:
    """Fill the empty base; returns the number of orders. The same seed gives the same base."""
    values: dict[str, Any] = {"customers": customers, "days": DAYS, "as_of": AS_OF, "per_customer": ORDERS_PER_CUSTOMER}
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed])
        cursor.execute("SET work_mem = '512MB'; SET maintenance_work_mem = '1GB'")
        cursor.execute(_LATENT, values)
        with without_indexes("customers_customer"):
            cursor.execute(_CUSTOMERS, values)
        cursor.execute(_DRAWN, values)
        with without_indexes("customers_order"):
            cursor.execute(_ORDERS)
            orders: int = cursor.rowcount
        cursor.execute("SELECT setval(pg_get_serial_sequence('customers_customer', 'id'), %s)", [customers])
        cursor.execute("DROP TABLE drawn; DROP TABLE latent; RESET work_mem; RESET maintenance_work_mem")
        # Nobody here is like anybody else: the night that is measured has no first look at a new base to take.
        cursor.execute("TRUNCATE customers_duplicatedue")
        cursor.execute("VACUUM ANALYZE customers_customer, customers_order")
    return orders


@contextmanager
def without_indexes(table: str) -> Iterator[None]:
    """Drop what slows a bulk insert, its foreign keys and secondary indexes, and make them again after."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
               WHERE conrelid = %s::regclass AND contype IN ('f', 'u')""",
            [table],
        )
        constraints = cursor.fetchall()
        for name, _ in constraints:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        cursor.execute(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
               WHERE indrelid = %s::regclass AND NOT indisprimary""",
            [table],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for _, definition in indexes:
            cursor.execute(definition)
        for name, definition in constraints:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
