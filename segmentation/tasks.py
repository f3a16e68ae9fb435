"""The tick that follows the day's orders."""

from dataclasses import asdict

from celery import shared_task
from django.utils import timezone

from segmentation import actions


@shared_task(name="segmentation.refresh_stale")
def refresh_stale() -> int:
    """Recompute the customers whose orders changed."""
    return actions.refresh_stale(now=timezone.now())


@shared_task(name="segmentation.follow_audiences")
def follow_audiences() -> dict[str, int]:
    """Find out who entered and left the watched audiences."""
    return asdict(actions.follow_changes(now=timezone.now()))
