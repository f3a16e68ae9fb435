"""The project's own tasks."""

import contextlib

from celery import shared_task
from django.utils import timezone

from core.periods import company_day
from crm import health, nightly


@shared_task(name="crm.heartbeat")
def heartbeat() -> None:
    """Leave word that the scheduler, the broker and a worker are alive."""
    health.record_heartbeat(timezone.now())


@shared_task(name="crm.nightly")
def run_night() -> None:
    """Run the night of today once its time has come, unless it is done or running."""
    now = timezone.now()
    if nightly.is_due(now=now):
        with contextlib.suppress(nightly.NightIsRunning):
            nightly.run(as_of=company_day(now), now=now)
