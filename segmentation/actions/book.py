"""Closing the months of the book, and the balance of the month under way."""

from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q

from core.money import from_minor
from core.periods import add_months, month_start
from segmentation.models import BaseBalance, BookEntry
from segmentation.queries import book_sql
from segmentation.queries.book import Sums, balance, last_closing
from segmentation.queries.intervals import Interval, value_interval
from segmentation.rules.book import KEPT_MONTHS, Cause, closes_better, month_to_close

_ANALYSE_FROM = 10_000


def keep_book(*, as_of: date) -> None:
    """Close the month that is over, where this night is the one to do it, and balance the month under way.

    Runs after the standings of the night, within `counted_contacts`. A second time on a day writes the same anew; a
    night of the past leaves what later nights wrote.
    """
    closing = month_to_close(as_of)
    interval = value_interval(as_of=as_of)
    if _is_better(closing, as_of):
        _close(closing)
        _write(closing, as_of, interval, is_closed=True)
        _open_anew(closing)
        # Months that nobody closed: the closing of this one tells of them too.
        BaseBalance.objects.filter(month__lt=closing, is_closed=False).delete()
    month = month_start(as_of)
    if not BaseBalance.objects.filter(Q(is_closed=True) | Q(as_of__gt=as_of), month=month).exists():
        _write(month, as_of, interval, is_closed=False)


def _is_better(month: date, as_of: date) -> bool:
    taken = BaseBalance.objects.filter(month=month, is_closed=True).values_list("as_of", flat=True).first()
    return closes_better(as_of, taken, month)


def _close(month: date) -> None:
    """Write down what each buyer is worth now as the closing of a month, and forget closings that are too old."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM segmentation_bookentry WHERE month = %s", [month])
        cursor.execute(book_sql.CLOSE, {"month": month})
        if cursor.rowcount > _ANALYSE_FROM:
            cursor.execute("ANALYZE segmentation_bookentry")
    BookEntry.objects.filter(month__lt=add_months(month, -KEPT_MONTHS)).delete()


def _open_anew(month: date) -> None:
    """Balance the closed month that opens from `month` once more: its opening may be another by now."""
    later = BaseBalance.objects.filter(month__gt=month, is_closed=True).order_by("month").first()
    if later is not None:
        sums = balance(since=month, month=later.month)
        BaseBalance.objects.filter(pk=later.pk).update(since=month, **_values(sums))


def _write(month: date, as_of: date, interval: Interval, *, is_closed: bool) -> None:
    since = last_closing(month)
    sums = balance(since=since, month=month if is_closed else None, reach="reach")
    values = _values(sums) | {"since": since, "as_of": as_of, "is_closed": is_closed} | _bounds(sums, interval)
    BaseBalance.objects.update_or_create(month=month, defaults=values)


def _values(sums: Sums) -> dict[str, Any]:
    return {
        "opening": from_minor(sums.opening),
        "closing": from_minor(sums.closing),
        "customers": sums.customers,
        "unreachable_value": from_minor(sums.unreachable_value),
        "unreachable_customers": sums.unreachable_customers,
        "lost_contacts": sums.lost_contacts,
        "lost_contacts_customers": sums.lost_contacts_customers,
        "moves": {cause: _move(sums, cause) for cause in Cause},
    }


def _move(sums: Sums, cause: Cause) -> dict[str, int]:
    customers, amount = sums.moves.get(cause, (0, 0))
    return {"customers": customers, "amount": amount}


def _bounds(sums: Sums, interval: Interval) -> dict[str, Any]:
    """The interval around the closing, in currency."""
    if interval.deviation is None:
        return {"low": None, "high": None, "interval_reason": interval.reason}
    low, high = interval.around(sums.closing)
    return {"low": from_minor(low), "high": from_minor(high), "interval_reason": ""}
