"""The timeline of a customer, newest first, read on from a place."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from core.models import User
from customers.models import EventKind, TimelineEvent

AT_ONCE = 25
GROUPS: dict[str, tuple[EventKind, ...]] = {
    "orders": (
        EventKind.ORDER_PLACED,
        EventKind.ORDER_CONFIRMED,
        EventKind.ORDER_FULFILLED,
        EventKind.ORDER_CANCELLED,
        EventKind.ORDER_RETURNED,
        EventKind.PROMO_REDEEMED,
    ),
    "touches": (EventKind.TOUCH,),
    "messages": (
        EventKind.MESSAGE_SENT,
        EventKind.FLOW_ENTERED,
        EventKind.FLOW_LEFT,
        EventKind.NPS_ANSWERED,
    ),
    "changes": (
        EventKind.CUSTOMER_CREATED,
        EventKind.CONTACT_ADDED,
        EventKind.CONSENT_GRANTED,
        EventKind.CONSENT_WITHDRAWN,
        EventKind.GRADE_CHANGED,
        EventKind.LIFECYCLE_CHANGED,
        EventKind.OWNER_CHANGED,
    ),
}


@dataclass(frozen=True)
class Place:
    """Where reading stopped: events are ordered by time and id."""

    at: datetime
    id: int

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The place written by `str`; None for anything else."""
        moment, _comma, pk = text.partition(",")
        try:
            return cls(datetime.fromisoformat(moment).astimezone(UTC), int(pk))
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        return f"{self.at.isoformat()},{self.id}"


def timeline(customer_id: int, group: str, after: Place | None) -> tuple[list[TimelineEvent], Place | None]:
    """Events from the place on, and the place to read on from; None at the end."""
    events = TimelineEvent.objects.filter(customer=customer_id)
    if group in GROUPS:
        events = events.filter(kind__in=GROUPS[group])
    if after is not None:
        events = events.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.id), at__lte=after.at)
    found = list(events.order_by("-at", "-pk")[: AT_ONCE + 1])
    shown = found[:AT_ONCE]
    more = len(found) > AT_ONCE
    return shown, Place(shown[-1].at, shown[-1].pk) if more else None


def names_of(events: list[TimelineEvent]) -> dict[int, str]:
    """Names of the people whom the events mention by id; no query where they mention none."""
    mentioned = {event.data.get(key) for event in events for key in ("from", "to", "by")}
    ids = {pk for pk in mentioned if isinstance(pk, int)}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
