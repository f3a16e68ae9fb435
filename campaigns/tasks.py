"""Ticks that drain the queue."""

import os
import socket
import time
import uuid

from celery import shared_task
from django.utils import timezone

from campaigns import actions

BATCH = 250
# Shorter than the pause after which beat's messages expire, so that ticks do not pile up.
SECONDS = 50.0


@shared_task(name="campaigns.advance_flows")
def advance_flows() -> dict[str, int]:
    """Take the steps that are due."""
    return dict(actions.advance_flows(now=timezone.now()))


@shared_task(name="campaigns.enrol_by_day")
def enrol_by_day() -> int:
    """Let in who entered an audience since the night."""
    return actions.enrol_by_day(now=timezone.now())


@shared_task(name="campaigns.send_due")
def send_due() -> dict[str, int]:
    """Clean up after dead senders, then send batch after batch until nothing is due or the time is up."""
    actions.sweep_dead_senders(now=timezone.now())
    return drain(seconds=SECONDS)


def drain(*, seconds: float) -> dict[str, int]:
    """Send until nothing is due or `seconds` are over; returns what became of how many."""
    sender = sender_name()
    stop = time.monotonic() + seconds
    total: dict[str, int] = {}
    while (left := stop - time.monotonic()) > 0:
        tally = actions.send_due(now=timezone.now(), sender=sender, limit=BATCH, seconds=left)
        for state, count in tally.items():
            total[state] = total.get(state, 0) + count
        if not tally["claimed"]:
            break
    return total


def sender_name() -> str:
    """Of one run on one process of one host, and of no other."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
