"""The tick that works on waiting messages and forgets old ones."""

import time

from celery import shared_task
from django.utils import timezone

from platforms import actions

# Shorter than the pause after which beat's messages expire, so that ticks do not pile up.
SECONDS = 50.0


@shared_task(name="platforms.tick")
def tick() -> dict[str, int]:
    """Try what is due until nothing is or the time is up; then forget what is old."""
    stop = time.monotonic() + SECONDS
    tried = 0
    while time.monotonic() < stop:
        # One by one: the lease of a message must not run out while it waits for those before it.
        ids = actions.claim_due(now=timezone.now(), limit=1)
        for message_id in ids:
            actions.process(message_id=message_id, now=timezone.now())
        tried += len(ids)
        if not ids:
            break
    return {"tried": tried, "forgotten": actions.forget_old(now=timezone.now())}
