"""The tick that follows the day's orders."""

from celery import shared_task
from django.utils import timezone

from segmentation import actions


@shared_task(name="segmentation.refresh_stale")
def refresh_stale() -> int:
    """Recompute the customers whose orders changed."""
    return actions.refresh_stale(now=timezone.now())
