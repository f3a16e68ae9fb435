"""The timeline of a customer, newest first, read on from a place in one query."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from core.models import User
from customers.models import EventKind, TimelineEvent

AT_ONCE = 25
# What was done on the site is read further, as a visit of many pages is one entry; a longer visit is cut there.
MOST_OF_A_VISIT = 200
VISIT_PAUSE = timedelta(minutes=30)
VISITS = "visits"
ON_THE_SITE = (EventKind.PAGE_VIEWED, EventKind.PRODUCT_VIEWED, EventKind.CART_CHANGED, EventKind.SEARCHED)
GROUPS: dict[str, tuple[EventKind, ...]] = {
    "orders": (
        EventKind.ORDER_PLACED,
        EventKind.ORDER_CONFIRMED,
        EventKind.ORDER_FULFILLED,
        EventKind.ORDER_CANCELLED,
        EventKind.ORDER_RETURNED,
        EventKind.PROMO_REDEEMED,
    ),
    "touches": (EventKind.TOUCH, EventKind.INQUIRY),
    "messages": (
        EventKind.MESSAGE_SENT,
        EventKind.MESSAGE_BOUNCED,
        EventKind.FLOW_ENTERED,
        EventKind.FLOW_LEFT,
        EventKind.NPS_ANSWERED,
    ),
    VISITS: ON_THE_SITE,
    "promises": (EventKind.OBLIGATION_MADE, EventKind.OBLIGATION_KEPT, EventKind.OBLIGATION_BROKEN),
    "changes": (
        EventKind.CUSTOMER_CREATED,
        EventKind.CONTACT_ADDED,
        EventKind.CONSENT_GRANTED,
        EventKind.CONSENT_WITHDRAWN,
        EventKind.GRADE_CHANGED,
        EventKind.LIFECYCLE_CHANGED,
        EventKind.OWNER_CHANGED,
        EventKind.MERGED,
        EventKind.ERASED,
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


@dataclass
class Entry:
    """One line of the timeline: an event, or the events of one visit to the site, newest first."""

    events: list[TimelineEvent]

    @property
    def is_visit(self) -> bool:
        return self.events[0].kind in ON_THE_SITE

    def takes(self, event: TimelineEvent) -> bool:
        """Whether the event, the next older one, belongs to this visit."""
        is_near = self.events[-1].at - event.at <= VISIT_PAUSE
        return self.is_visit and event.kind in ON_THE_SITE and is_near


def timeline(customer_id: int, group: str, after: Place | None) -> tuple[list[Entry], Place | None]:
    """Entries from the place on, and the place to read on from; None at the end."""
    events = TimelineEvent.objects.filter(customer=customer_id)
    if group in GROUPS:
        events = events.filter(kind__in=GROUPS[group])
    if after is not None:
        events = events.filter(Q(at__lt=after.at) | Q(at=after.at, pk__lt=after.id), at__lte=after.at)
    most = MOST_OF_A_VISIT if group in ("", VISITS) else AT_ONCE
    found = list(events.order_by("-at", "-pk")[: most + 1])
    entries = _entries(found[:most])
    has_more = len(found) > most
    if has_more and len(entries) > 1 and entries[-1].takes(found[-1]):
        # The rest of this visit has not been read: it comes whole with the next part.
        entries.pop()
    shown = entries[:AT_ONCE]
    has_more = has_more or len(entries) > AT_ONCE
    last = shown[-1].events[-1] if shown else None
    return shown, Place(last.at, last.pk) if last and has_more else None


def _entries(events: list[TimelineEvent]) -> list[Entry]:
    entries: list[Entry] = []
    for event in events:
        if entries and entries[-1].takes(event):
            entries[-1].events.append(event)
        else:
            entries.append(Entry([event]))
    return entries


def names_of(entries: list[Entry]) -> dict[int, str]:
    """Names of the people whom the events mention by id; no query where they mention none."""
    mentioned = {entry.events[0].data.get(key) for entry in entries for key in ("from", "to", "by")}
    ids = {pk for pk in mentioned if isinstance(pk, int)}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
