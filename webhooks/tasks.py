"""The tick that drains the queue."""

import os
import socket
import time
import uuid

from celery import shared_task
from django.utils import timezone

from webhooks import actions

# Shorter than the pause after which beat's messages expire, so that ticks do not pile up.
SECONDS = 40.0


@shared_task(name="webhooks.send_due")
def send_due() -> dict[str, int]:
    """Clean up after dead senders and what is old, then send until nothing is due or the time is up."""
    now = timezone.now()
    actions.sweep_dead_senders(now=now)
    actions.forget_deliveries(now=now)
    return drain(seconds=SECONDS)


def drain(*, seconds: float) -> dict[str, int]:
    """Send until nothing is due or `seconds` are over. An address that failed waits for the next tick."""
    sender = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
    stop = time.monotonic() + seconds
    claimed = delivered = 0
    failing: set[int] = set()
    while time.monotonic() < stop:
        tally = actions.send_batch(now=timezone.now(), sender=sender, without=failing)
        claimed, delivered = claimed + tally.claimed, delivered + tally.delivered
        failing |= tally.failing
        if not tally.claimed:
            break
    return {"claimed": claimed, "delivered": delivered}
