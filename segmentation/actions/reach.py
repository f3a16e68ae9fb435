"""How many addresses of each customer work, once for all that a night adds up."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from segmentation.actions.locks import recomputing
from segmentation.queries.book_sql import REACH


@contextmanager
def counted_contacts() -> Iterator[None]:
    """A transaction in which the table `reach` (customer_id, contacts) stays as it was at the beginning.

    What is added up inside agrees, whoever changes an address meanwhile; and the addresses are read once.
    """
    with recomputing(), connection.cursor() as cursor:
        # No temporary table: workers could not read it.
        cursor.execute(f"CREATE UNLOGGED TABLE reach AS {REACH}; ANALYZE reach")
        yield
        cursor.execute("DROP TABLE reach")
