"""What recording one order asks the database, in one message instead of five: waiting is for messages, not for rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from customers.actions.locks import lock_statement, order_keys
from customers.actions.matching import DETAILS, DETAILS_SQL, directory_statement
from customers.rules.records import OrderData

_BLANK = ", ".join(["NULL"] * len(DETAILS))
_STORED_BLANK = ", ".join(["NULL"] * (len(DETAILS) - 2))
# Columns: what, two texts, held, id, the customer's details; then customer, version, time, sum and share.
_READ = f"""
    WITH stored AS MATERIALIZED (
        SELECT * FROM customers_order WHERE source = %s AND external_id = %s
    ), people AS MATERIALIZED (
        {{people}}
        SELECT 'id', '', '', 0::bigint AS held, {DETAILS_SQL}
        FROM stored JOIN customers_customer c ON c.id = stored.customer_id
    )
    SELECT p.*, NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::bigint, NULL::numeric FROM people p
    UNION ALL SELECT 'order', source, external_id, 0, id, content_digest, status, {_STORED_BLANK},
        customer_id, version, fulfilled_at, returned, NULL FROM stored
    UNION ALL SELECT 'product', p.sku, '', 0, p.id, {_BLANK}, NULL, NULL, NULL, p.cost, c.margin_rate
        FROM customers_product p LEFT JOIN customers_productcategory c ON c.id = p.category_id WHERE p.sku = ANY(%s)
    UNION ALL SELECT 'new order', '', '', 0, nextval(pg_get_serial_sequence('customers_order', 'id')), {_BLANK},
        NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT FROM stored)
    UNION ALL SELECT 'new customer', '', '', 0, nextval(pg_get_serial_sequence('customers_customer', 'id')), {_BLANK},
        NULL, NULL, NULL, NULL, NULL WHERE NOT EXISTS (SELECT FROM people)
    ORDER BY held"""  # noqa: S608


@dataclass(slots=True)
class Glance:
    """Rows as the separate statements would give them, and the ids that new rows will have."""

    stored: list[Sequence[Any]] = field(default_factory=list)
    products: list[Sequence[Any]] = field(default_factory=list)
    people: list[Sequence[Any]] = field(default_factory=list)
    order_ids: list[int] = field(default_factory=list)
    customer_ids: list[int] = field(default_factory=list)


def glance(order: OrderData, skus: Iterable[str]) -> Glance:
    """Wait for whoever writes the same order or customer, then read what is known of both."""
    people, people_params = directory_statement([order.customer], ())
    lock, lock_params = lock_statement(order_keys(order))
    # An order told again without its customer names nobody: then only the present owner is read.
    read = _READ.format(people=f"{people} UNION ALL" if people else "")
    params = [*lock_params, order.source, order.external_id, *people_params, sorted(set(skus))]
    seen = Glance()
    with connection.cursor() as cursor:
        cursor.execute(f"{lock};{read}", params)
        for row in cursor.fetchall():
            _sort(seen, row)
    return seen


def _sort(seen: Glance, row: Sequence[Any]) -> None:
    what, first, second, _held, id_ = row[:5]
    customer, version, at, amount, share = row[-5:]
    if what == "order":
        digest, status = row[5:7]
        seen.stored.append((first, second, id_, customer, version, digest, status, at, amount))
    elif what == "product":
        seen.products.append((first, id_, amount, share))
    elif what == "new order":
        seen.order_ids.append(id_)
    elif what == "new customer":
        seen.customer_ids.append(id_)
    else:
        seen.people.append(row[:-5])
