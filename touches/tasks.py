"""What the scheduler asks of this app."""

from celery import shared_task
from django.utils import timezone

from core.periods import company_day
from touches.actions import follow_inquiries, follow_promises


@shared_task(name="touches.follow_promises")
def follow_overdue_promises() -> None:
    """Promises that became overdue, or were kept since the last look."""
    now = timezone.now()
    follow_promises(today=company_day(now), at=now)


@shared_task(name="touches.follow_inquiries")
def follow_new_inquiries() -> None:
    """What became of the inquiries of the last days, and the work that they make."""
    now = timezone.now()
    follow_inquiries(today=company_day(now), now=now)
