"""The tick that asks."""

from celery import shared_task
from django.utils import timezone

from nps import actions


@shared_task(name="nps.tick")
def tick() -> int:
    """Invite those whose orders were fulfilled."""
    return actions.invite_fulfilled(now=timezone.now())
