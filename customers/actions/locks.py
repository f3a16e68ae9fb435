"""Two writers of one order, or of one not yet known customer, take turns.

Contacts are not unique (a family shares a phone), so no constraint can stop two transactions from each
creating the same customer: they wait for each other on advisory locks over what identifies the order and
the customer. A batch that would need thousands of locks takes the one that everybody else shares.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from core.errors import Conflict
from customers.rules.records import CustomerData, OrderData

EVERYTHING = int.from_bytes(b"ferma-in", "big", signed=True)
FEW = 100
# Any number, as long as nothing else in the program uses it as an advisory lock.
DERIVED = 7_310_001
PATIENCE = "8s"
_LOCK_NOT_AVAILABLE = "55P03"


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
    with connection.cursor() as cursor:
        cursor.execute(*lock_statement(keys))


def lock_statement(keys: Iterable[str]) -> tuple[str, list[Any]]:
    """What `lock_identities` sends, to be sent before what is read under the locks, and its parameters.

    Each statement of one message sees what was committed before it began, so reading after waiting is right.
    """
    few: set[str] = set()
    for key in keys:
        few.add(key)
        if len(few) > FEW:
            return "SELECT pg_advisory_xact_lock(%s)", [EVERYTHING]
    numbers = sorted(map(number_of, few))
    # In the order of the numbers: two transactions can then never wait for each other in a ring.
    statement = "SELECT pg_advisory_xact_lock_shared(%s);SELECT pg_advisory_xact_lock(k) FROM unnest(%s::bigint[]) k"
    return statement, [EVERYTHING, numbers]


def lock_everything() -> None:
    """Wait for every writer of orders and customers, and keep others out until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EVERYTHING])


def number_of(key: str) -> int:
    """A key as a number that the database can lock or compare."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def lock_derived() -> None:
    """Wait until nobody else computes rows of customers in bulk, and keep others from it until the commit.

    Such rows have no key in the database: one that is computed while its customer goes would be left behind.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DERIVED])


@contextmanager
def alone() -> Iterator[None]:
    """A transaction beside which nobody records orders or customers, nor computes the base.

    Raises Conflict where somebody has been at it for longer than one would wait before a page.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            lock_derived()
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [EVERYTHING])
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != _LOCK_NOT_AVAILABLE:
            raise
        busy = _("The base is busy: the night or an import is at work. Try again in a minute.")
        raise Conflict(busy, code="busy") from error
