"""Two writers of one order, or of one not yet known customer, take turns.

Contacts are not unique (a family shares a phone), so no constraint can stop two transactions from each
creating the same customer: they wait for each other on advisory locks over what identifies the order and
the customer. A batch that would need thousands of locks takes the one that everybody else shares.
"""

import hashlib
from collections.abc import Iterable

from django.db import connection

from customers.rules.records import CustomerData, OrderData

EVERYTHING = int.from_bytes(b"ferma-in", "big", signed=True)
FEW = 100


def identity_keys(person: CustomerData) -> list[str]:
    """What a customer may be found by."""
    keys = [f"{contact.channel}\0{contact.value}" for contact in person.contacts]
    if person.external_id:
        keys.append(f"ref\0{person.source}\0{person.external_id}")
    return keys


def order_keys(order: OrderData) -> list[str]:
    """What an order and its customer may be found by."""
    return [f"order\0{order.source}\0{order.external_id}", *identity_keys(order.customer)]


def lock_identities(keys: Iterable[str]) -> None:
    """Wait for whoever is writing any of these, and hold them until the transaction ends."""
    numbers = sorted({_number(key) for key in keys})
    with connection.cursor() as cursor:
        if len(numbers) > FEW:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EVERYTHING])
        else:
            # In the order of the numbers: two transactions can then never wait for each other in a ring.
            cursor.execute(
                "SELECT pg_advisory_xact_lock_shared(%s);SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) k",
                [EVERYTHING, numbers],
            )


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
