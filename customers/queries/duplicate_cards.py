"""Customers as the rules of likeness compare them."""

from collections.abc import Collection

from django.db import connection

from customers.rules.duplicates import Card

_CARDS = """
    SELECT c.id, c.kind, c.name, c.city, c.birthday, c.tax_number,
           ARRAY(SELECT value FROM customers_contactpoint p
                 WHERE p.customer_id = c.id AND p.channel IN ('phone', 'whatsapp')),
           ARRAY(SELECT value FROM customers_contactpoint p WHERE p.customer_id = c.id AND p.channel = 'email'),
           ARRAY(SELECT value FROM customers_contactpoint p WHERE p.customer_id = c.id AND p.channel = 'telegram'),
           ARRAY(SELECT ARRAY[source, external_id]::text[] FROM customers_externalref r WHERE r.customer_id = c.id)
    FROM customers_customer c WHERE c.id = ANY(%s) AND c.erased_at IS NULL"""


def cards_of(customer_ids: Collection[int]) -> list[Card]:
    """The cards of these customers; erased ones are left out: nothing is known of them."""
    if not customer_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_CARDS, [list(customer_ids)])
        return [
            Card(
                pk, kind, name, city, birthday, tax_number, frozenset(phones), frozenset(emails), frozenset(telegrams),
                frozenset((source, external_id) for source, external_id in refs),
            )
            for pk, kind, name, city, birthday, tax_number, phones, emails, telegrams, refs in cursor.fetchall()
        ]  # fmt: skip
