"""To whom something happened after which customers may leave."""

from datetime import date, timedelta

from django.db.models import Q, QuerySet

from acquisition.models import Inquiry
from core.periods import day_start
from customers.models import EventKind, Obligation, ObligationState, TimelineEvent
from segmentation.models import LeavingPattern

# How long ago a comparison begins, and how long before that something must have happened.
WINDOW_DAYS = 180
WATCHED_DAYS = 90
LOW_SCORE = 6
PATTERNS = ("late_delivery", "low_score", "new_owner", "unanswered", "bounced")
_EVENTS = {
    "low_score": Q(kind=EventKind.NPS_ANSWERED, data__score__lte=LOW_SCORE),
    "new_owner": Q(kind=EventKind.OWNER_CHANGED),
    "bounced": Q(kind=EventKind.MESSAGE_BOUNCED),
}


def exposed(code: str, *, on: date) -> QuerySet:
    """Ids of the customers to whom it happened in the 90 days before the comparison made on a day began."""
    since = on - timedelta(days=WINDOW_DAYS)
    first = since - timedelta(days=WATCHED_DAYS)
    if code == "late_delivery":
        # What is open still is late by now.
        late = Obligation.objects.filter(state__in=(ObligationState.LATE, ObligationState.BROKEN, ObligationState.OPEN))
        return late.filter(due_on__gte=first, due_on__lt=since).order_by().values("customer_id")
    if code == "unanswered":
        missed = Inquiry.objects.filter(is_answered=False, is_spam=False, customer__isnull=False)
        return missed.filter(happened_on__gte=first, happened_on__lt=since).order_by().values("customer_id")
    events = TimelineEvent.objects.filter(_EVENTS[code], at__gte=day_start(first), at__lt=day_start(since))
    return events.order_by().values("customer_id")


def compared_on() -> date | None:
    """The day of the comparison in force."""
    return LeavingPattern.objects.order_by("-on").values_list("on", flat=True).first()
