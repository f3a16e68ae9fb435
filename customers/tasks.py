"""The tick that works imports off."""

from celery import shared_task
from django.utils import timezone

from customers.actions import imports


@shared_task(name="customers.run_imports", time_limit=6 * 3600)
def run_imports() -> int:
    """Work off the next import that is due."""
    return imports.run_due(now=timezone.now())
