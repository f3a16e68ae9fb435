"""The tick of the weekly summary."""

from celery import shared_task
from django.utils import timezone

from dashboard import summary_sending


@shared_task(name="dashboard.send_summaries")
def send_summaries() -> dict[str, int]:
    """Line up this week's summary once its time has come, and send what is due."""
    now = timezone.now()
    summary_sending.line_up(now=now)
    return dict(summary_sending.send_due(now=now))
