"""Writing down that a customer left, and noticing that one came back."""

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.models import User
from customers.actions.editing import open_card
from market.models import Competitor, Departure, DepartureSource, LeavingReason

MOST_NOTE = 2000
# The customer's own word: it is about what was asked, whoever wrote something down before.
OWN_WORDS = frozenset({DepartureSource.WIN_BACK.value, DepartureSource.NPS.value})
# A cancelled order was no return, unless the customer has left once more since.
_RETURNS = """
    UPDATE market_departure d SET returned_on = found.day
    FROM (
        SELECT d.id, (
            SELECT min(o.placed_on) FROM customers_order o
            WHERE o.customer_id = d.customer_id AND o.placed_at > d.at AND o.status NOT IN ('cancelled', 'returned')
        ) AS day
        FROM market_departure d
    ) found
    WHERE found.id = d.id AND found.day IS DISTINCT FROM d.returned_on
      AND (found.day IS NOT NULL OR NOT EXISTS (
          SELECT FROM market_departure later WHERE later.customer_id = d.customer_id AND later.at > d.at))"""


@transaction.atomic
def record_departure(
    *,
    customer_id: int,
    reason_id: int,
    source: str,
    at: datetime,
    competitor_id: int | None = None,
    note: str = "",
    by: User | None = None,
) -> Departure:
    """Write down why a customer left. One departure is open at a time: told again, it is corrected.

    The day stays that of the first telling. A note that is not given anew stays.
    Raises NotFound without the customer, InvalidInput for a reason or competitor out of use, Conflict for a
    customer whose data was erased.
    """
    open_card(customer_id)
    _check(reason_id, competitor_id, note)
    given = {"reason_id": reason_id, "competitor_id": competitor_id, "source": source, "by": by}
    open_one = Departure.objects.filter(customer_id=customer_id, returned_on=None).first()
    if open_one is None:
        return Departure.objects.create(customer_id=customer_id, at=at, note=note.strip(), **given)
    if source in OWN_WORDS:
        # A customer is not asked for the competitor's name.
        given["competitor_id"] = open_one.competitor_id
    for name, value in given.items():
        setattr(open_one, name, value)
    open_one.note = note.strip() or open_one.note
    open_one.save()
    return open_one


def _check(reason_id: int, competitor_id: int | None, note: str) -> None:
    if not LeavingReason.objects.filter(pk=reason_id, is_active=True).exists():
        raise InvalidInput(_("Choose a reason from the list."), field="reason")
    if competitor_id is not None and not Competitor.objects.filter(pk=competitor_id, is_active=True).exists():
        raise InvalidInput(_("Choose a competitor from the list."), field="competitor")
    if len(note) > MOST_NOTE:
        raise InvalidInput(_("The note is longer than %(most)s characters.") % {"most": MOST_NOTE}, field="note")


def take_departure_back(*, customer_id: int, departure_id: int) -> None:
    """Remove a departure that was written down by mistake; taking it back twice is no error."""
    Departure.objects.filter(pk=departure_id, customer_id=customer_id).delete()


def follow_returns() -> int:
    """Note on each departure the first day on which the customer ordered again; returns how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(_RETURNS)
        return cursor.rowcount
