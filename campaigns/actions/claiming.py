"""Taking due messages, giving them back, and cleaning up after senders that died."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, transaction

from campaigns.models import Delivery, DeliveryState

# Longer than any single conversation with a gateway (EMAIL_TIMEOUT for each of its few steps).
LEASE = timedelta(minutes=5)
# What could not go just now is looked at again after this.
SHORT_PAUSE = timedelta(minutes=1)
_CLAIMS = 0x46455230  # one advisory lock for claiming: two senders must not take two messages of one customer

_CLAIM = """
    WITH due AS MATERIALIZED (
        SELECT d.id, d.customer_id, d.due_at
        FROM campaigns_delivery d
        LEFT JOIN campaigns_enrolment e ON e.id = d.enrolment_id
        LEFT JOIN campaigns_flow f ON f.id = e.flow_id
        WHERE d.state = 'due' AND d.due_at <= %(now)s
          AND f.is_active IS NOT FALSE
          AND NOT EXISTS (
              SELECT FROM campaigns_delivery other
              WHERE other.customer_id = d.customer_id
                AND (other.state IN ('claimed', 'sending') OR other.unrecorded)
          )
        ORDER BY d.due_at, d.id
        LIMIT %(limit)s
        FOR NO KEY UPDATE OF d SKIP LOCKED
    ), firsts AS (
        SELECT DISTINCT ON (customer_id) id FROM due ORDER BY customer_id, due_at, id
    )
    UPDATE campaigns_delivery d
    SET state = 'claimed', claimed_by = %(sender)s, lease_until = %(lease)s
    FROM firsts WHERE d.id = firsts.id
    RETURNING d.id
"""


@transaction.atomic
def claim_due(*, now: datetime, sender: str, limit: int) -> list[Delivery]:
    """Take up to `limit` due messages for this sender, oldest first, one per customer at a time.

    One at a time, so that contact pressure counted before a message is still true when it goes. Messages of a
    paused flow stay where they are.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CLAIMS])
        cursor.execute(_CLAIM, {"now": now, "sender": sender, "lease": now + LEASE, "limit": limit})
        ids = [row[0] for row in cursor.fetchall()]
    return list(Delivery.objects.filter(pk__in=ids).order_by("due_at", "pk"))


def release(*, delivery_ids: Collection[int], sender: str, until: datetime) -> int:
    """Give claimed messages back, to be looked at again at `until`."""
    claimed = Delivery.objects.filter(pk__in=delivery_ids, claimed_by=sender, state=DeliveryState.CLAIMED)
    return claimed.update(state=DeliveryState.DUE, claimed_by="", lease_until=None, due_at=until)


@transaction.atomic
def sweep_dead_senders(*, now: datetime) -> dict[str, int]:
    """Deal with messages whose sender has not been heard of until the end of its lease.

    Claimed ones were certainly not begun: they are due again. Those being sent may have gone: they become
    ambiguous, for a person to decide, and are never sent again by themselves.
    """
    late = Delivery.objects.filter(lease_until__lt=now)
    again = late.filter(state=DeliveryState.CLAIMED).update(state=DeliveryState.DUE, claimed_by="", lease_until=None)
    # The sender's name stays: should it come back after all, it may still say that the message was sent.
    unclear = late.filter(state=DeliveryState.SENDING).update(state=DeliveryState.AMBIGUOUS, lease_until=None)
    return {"due_again": again, "ambiguous": unclear}
