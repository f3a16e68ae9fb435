"""What is kept for a while only."""

from celery import shared_task
from django.utils import timezone

from webforms.actions import forget_visits


@shared_task(name="webforms.forget")
def forget() -> int:
    """Delete visits older than they are kept."""
    return forget_visits(now=timezone.now())
