"""The balance sheet of the base: why the base value of two closings differs.

The base value is the sum over reachable buyers of the margin that is forecast for 12 months. Every difference
between two closings belongs to one cause, so that

    opening + acquired + expanded + reachable again - shrunk - gone - became unreachable = closing

to the last minor unit, whatever happened in between.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

KEPT_MONTHS = 36


class Cause(StrEnum):
    """Why a customer's part of the base value changed; the first three add, the others take away."""

    ACQUIRED = "acquired"  # no buyer at the opening, a reachable one now
    EXPANDED = "expanded"  # reachable at both, and worth more
    REACHABLE_AGAIN = "reachable_again"  # a buyer whom one could not reach at the opening
    SHRUNK = "shrunk"  # reachable at both, and worth less
    GONE = "gone"  # no buyer any more: orders cancelled, the card merged or erased
    UNREACHABLE = "unreachable"  # reachable at the opening, not now


class Side(StrEnum):
    """Other sums of a balance that have customers behind them."""

    OPENING = "opening"
    CLOSING = "closing"
    ATTRITION = "attrition"
    BEYOND_REACH = "beyond_reach"  # buyers without an address that works, at the closing
    FEWER_CONTACTS = "fewer_contacts"  # fewer working addresses than at the opening


LOSSES = (Cause.SHRUNK, Cause.GONE, Cause.UNREACHABLE)
ATTRITION = (Cause.SHRUNK, Cause.GONE)


@dataclass(frozen=True)
class Worth:
    """One buyer at a closing: the forecast in minor units, zero or more, and whether one can reach them."""

    value: int
    is_reachable: bool


def move(before: Worth | None, now: Worth | None) -> tuple[Cause, int] | None:
    """The cause and the amount (above zero, but an acquired or vanished customer may be worth 0) of one customer.

    None where nothing of the base value moved. `queries.book_sql` says the same to the database.
    """
    was, is_now = bool(before and before.is_reachable), bool(now and now.is_reachable)
    if now and is_now:
        if before is None:
            return Cause.ACQUIRED, now.value
        if not was:
            return Cause.REACHABLE_AGAIN, now.value
        if now.value == before.value:
            return None
        return (Cause.EXPANDED if now.value > before.value else Cause.SHRUNK), abs(now.value - before.value)
    if before and was:
        return (Cause.UNREACHABLE if now else Cause.GONE), before.value
    return None


def month_to_close(as_of: date) -> date:
    """First day of the month that a night may close: its own on the last day, else the month before."""
    month = as_of.replace(day=1)
    return month if _first_after(month) == date.fromordinal(as_of.toordinal() + 1) else _before(month)


def closes_better(as_of: date, taken_on: date | None, month: date) -> bool:
    """Whether the night of a day should write the closing of a month that the night of `taken_on` has written.

    A closing is what the night nearest to the month's end found: the first one of the next month, or that of the last
    day. The same night may write it again.
    """
    if taken_on is None or taken_on == as_of:
        return True
    end = _first_after(month)
    return abs((as_of - end).days) < abs((taken_on - end).days)


def _before(month: date) -> date:
    return date.fromordinal(month.toordinal() - 1).replace(day=1)


def _first_after(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
