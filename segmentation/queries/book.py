"""The balance sheet of the base: one month as sums, and the customers behind a cause."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, QuerySet, Sum
from django.db.models.expressions import RawSQL

from customers.models import Customer
from segmentation.models import BaseBalance, BookEntry
from segmentation.queries import book_sql

# What the sums of a cause are called, in the order of the statement.
_SUMS = (
    "opening",
    "closing",
    "customers",
    "unreachable_value",
    "unreachable_customers",
    "lost_contacts",
    "lost_contacts_customers",
)


_REACH = f"({book_sql.REACH})"


@dataclass(frozen=True)
class Sums:
    """A month between two closings; money in minor units. `moves` maps a cause to (customers, amount)."""

    opening: int = 0
    closing: int = 0
    customers: int = 0
    unreachable_value: int = 0
    unreachable_customers: int = 0
    lost_contacts: int = 0
    lost_contacts_customers: int = 0
    moves: dict[str, tuple[int, int]] = field(default_factory=dict)


def balance(
    *, since: date | None, month: date | None, customers: QuerySet[Customer] | None = None, reach: str = _REACH
) -> Sums:
    """What moved from the closing of `since` to that of `month`, or to this minute (None).

    Without `since` the book begins: nothing moved, it opens with what it closes with. customers: only of these.
    reach: a table of working addresses, where one is there already.
    """
    scope, values = scope_of(customers), dict[str, Any]()
    opening = "SELECT * FROM segmentation_bookentry WHERE FALSE"
    if since is not None:
        opening, values["since"] = book_sql.CLOSED.format(month="%(since)s", scope=scope), since
    closing = book_sql.TODAY.format(scope=scope, reach=reach)
    if month is not None:
        closing, values["month"] = book_sql.CLOSED.format(month="%(month)s", scope=scope), month
    with connection.cursor() as cursor:
        cursor.execute(book_sql.BALANCE.format(opening=opening, closing=closing), values)
        rows = cursor.fetchall()
    sums: dict[str, Any] = {name: sum(int(row[3 + place]) for row in rows) for place, name in enumerate(_SUMS)}
    moves = {row[0]: (int(row[1]), int(row[2])) for row in rows if row[0]}
    found = Sums(moves=moves, **sums)
    return found if since else replace(found, opening=found.closing, moves={})


def opening_of(*, since: date, customers: QuerySet[Customer]) -> int:
    """What these customers were worth at the closing of `since`, in minor units: as `balance`, without what moved."""
    closed = BookEntry.objects.filter(month=since, is_reachable=True)
    entries = closed.filter(customer_id__in=customers.order_by().values("pk"))
    return int(entries.aggregate(opening=Sum("value", output_field=BigIntegerField()))["opening"] or 0)


def moved_customers(*, month: date, parts: Collection[str]) -> RawSQL | None:
    """Ids of the customers behind sums of a month (codes of `Cause` and `Side`); None where the book has no such month.

    Who is gone for good is among them, and has no card to show.
    """
    found = BaseBalance.objects.filter(month=month).values_list("since", "is_closed").first()
    if found is None:
        return None
    since, is_closed = found
    closed = book_sql.CLOSED.format(month="%s", scope="TRUE")
    text = book_sql.MOVED.format(
        # Where the book begins, it opens with what it closes with.
        opening=closed,
        closing=closed if is_closed else book_sql.TODAY.format(scope="TRUE", reach=_REACH),
        conditions=" OR ".join(f"({book_sql.CONDITIONS[part]})" for part in parts),
    )
    # S611: the statement is our own, and takes its values as parameters.
    return RawSQL(text, (since or month, month) if is_closed else (since,))  # noqa: S611


def last_closing(before: date) -> date | None:
    """The newest closed month before a month."""
    return BookEntry.objects.filter(month__lt=before).order_by("-month").values_list("month", flat=True).first()


def scope_of(customers: QuerySet[Customer] | None, column: str = "s.customer_id") -> str:
    """A condition on the column, for a statement with values of its own. The database driver puts the queryset's in."""
    if customers is None:
        return "TRUE"
    text, values = customers.order_by().values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        inner = cursor.mogrify(text, values).decode() if values else text
    return f"{column} IN ({inner.replace('%', '%%')})"
