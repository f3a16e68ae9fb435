"""The project's own tasks."""

from celery import shared_task
from django.utils import timezone

from crm import health


@shared_task(name="crm.heartbeat")
def heartbeat() -> None:
    """Leave word that the scheduler, the broker and a worker are alive."""
    health.record_heartbeat(timezone.now())
