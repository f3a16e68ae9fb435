"""One recompute at a time, whoever starts it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from customers.actions.locks import DERIVED, lock_derived


@contextmanager
def recomputing() -> Iterator[None]:
    """A transaction that waits for its turn and has room to sort and hash.

    The lock comes in a statement of its own: the next one sees all that was committed before.
    """
    with transaction.atomic():
        lock_derived()
        _make_room()
        yield


@contextmanager
def recomputing_if_free() -> Iterator[bool]:
    """A transaction; gives whether it got its turn at once."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [DERIVED])
        (free,) = cursor.fetchone()
        if free:
            _make_room()
        yield free


def _make_room() -> None:
    with connection.cursor() as cursor:
        # Compiling a plan takes longer than it saves, workers start in milliseconds, and what is read by
        # an index is mostly in memory: with the defaults PostgreSQL reads whole tables for a thousand rows.
        cursor.execute(
            "SET LOCAL work_mem = '256MB'; SET LOCAL jit = off; SET LOCAL random_page_cost = 1.1;"
            "SET LOCAL parallel_setup_cost = 10; SET LOCAL parallel_tuple_cost = 0.001"
        )
