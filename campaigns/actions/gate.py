"""The gate before a gateway: a message is durably `sending` before it goes, and recorded when it has gone."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, Self

from django.conf import settings
from django.db import connection

from campaigns.actions.claiming import LEASE
from campaigns.actions.composing import Outgoing
from campaigns.gateways.interface import Receipt
from campaigns.models import Purpose
from campaigns.queries.orders import ORDER_IN_PASSAGE
from campaigns.queries.recipients import CONTACT_CHANNEL
from core.money import to_minor


@dataclass(frozen=True)
class Sent:
    """A message that its gateway has taken, not yet recorded."""

    delivery_id: int
    at: datetime
    receipt: Receipt


# Parameters in the order of the statement, with their types.
_TYPES = {
    "id": "bigint",
    "sender": "text",
    "now": "timestamptz",
    "lease": "timestamptz",
    "address": "text",
    "subject": "text",
    "body": "text",
    "channel": "text",
    "contact_channel": "text",
    "needs_consent": "boolean",
    "customer": "bigint",
    "enrolment": "bigint",
    "zone": "text",
    "sent_id": "bigint",
    "sent_at": "timestamptz",
    "provider_id": "text",
    "cost": "bigint",
}
# A sender that was only slow may still report a message that has been swept into `ambiguous`.
_STATEMENT = f"""
    WITH recorded AS (
        UPDATE campaigns_delivery
        SET state = 'sent', sent_at = %(sent_at)s, provider_id = %(provider_id)s, cost = %(cost)s,
            unrecorded = true, lease_until = NULL, error = ''
        WHERE id = %(sent_id)s AND claimed_by = %(sender)s AND state IN ('sending', 'ambiguous')
    )
    UPDATE campaigns_delivery
    SET state = 'sending', started_at = %(now)s, lease_until = %(lease)s, attempts = attempts + 1,
        address = %(address)s, subject = %(subject)s, body = %(body)s
    WHERE id = %(id)s AND claimed_by = %(sender)s AND state = 'claimed'
      AND NOT EXISTS (
          SELECT FROM campaigns_suppression s WHERE s.channel = %(channel)s AND s.address = %(address)s
      )
      AND (NOT %(needs_consent)s OR 'granted' = (
          SELECT c.action FROM customers_consent c
          WHERE c.customer_id = %(customer)s AND c.channel = %(contact_channel)s
          ORDER BY c.at DESC, c.id DESC LIMIT 1
      ))
      AND (%(enrolment)s IS NULL OR EXISTS (
          SELECT FROM campaigns_enrolment e JOIN campaigns_flow f ON f.id = e.flow_id
          WHERE e.id = %(enrolment)s AND e.state = 'active' AND f.is_active
            AND NOT EXISTS (SELECT FROM {ORDER_IN_PASSAGE} AND o.customer_id = %(customer)s)
      ))
"""  # noqa: S608
# For a client that puts the values in itself: each with its type, for NULL has none.
_TYPED = _STATEMENT % {name: f"%({name})s::{type_}" for name, type_ in _TYPES.items()}
_NOTHING_SENT = {"sent_id": None, "sent_at": None, "provider_id": None, "cost": None}
_NOTHING_BEGUN = {name: None for name in _TYPES if name not in _NOTHING_SENT}
_numbers = count(1)


class Gate:
    """The gate of one sender for one batch; a context manager.

    One statement, and so one commit, records a message and begins the next: a sender that dies leaves at most one
    message unclear. Planning that statement costs more than running it, so it is prepared once for the batch,
    except behind a pool that gives each transaction another connection.
    """

    def __init__(self, sender: str) -> None:
        self._sender = sender
        self._name = f"campaigns_gate_{next(_numbers)}"
        self._is_prepared = False
        self._cursor = connection.cursor()
        self._call = f"EXECUTE {self._name} ({', '.join(['%s'] * len(_TYPES))})"

    def __enter__(self) -> Self:
        # Django's own setting for such pools, which break named cursors in the same way.
        if not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
            numbered = {name: f"${number}" for number, name in enumerate(_TYPES, start=1)}
            types = ", ".join(_TYPES.values())
            self._cursor.execute(f"PREPARE {self._name} ({types}) AS {_STATEMENT % numbered}")
            self._is_prepared = True
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._is_prepared and connection.is_usable():
            self._cursor.execute(f"DEALLOCATE {self._name}")
        self._cursor.close()

    def begin(self, *, outgoing: Outgoing, now: datetime, done: Sent | None) -> bool:
        """Mark a message as being sent, if it still may be; record the one sent before it.

        Consent, suppression, the flow and orders are asked once more, in the very statement that begins.
        """
        delivery = outgoing.delivery
        beginning = {
            "id": delivery.pk,
            "now": now,
            "lease": now + LEASE,
            "address": outgoing.address,
            "subject": outgoing.content.subject,
            "body": outgoing.content.text,
            "channel": delivery.channel,
            "contact_channel": CONTACT_CHANNEL[delivery.channel],
            "needs_consent": delivery.purpose == Purpose.MARKETING,
            "customer": delivery.customer_id,
            "enrolment": delivery.enrolment_id,
            "zone": settings.TIME_ZONE,
        }
        return self._execute(beginning | (_sent_values(done) if done else _NOTHING_SENT)) == 1

    def record(self, done: Sent) -> None:
        """Record the message sent last, with none to follow."""
        self._execute(_NOTHING_BEGUN | _sent_values(done))

    def _execute(self, values: dict[str, Any]) -> int:
        values["sender"] = self._sender
        if self._is_prepared:
            self._cursor.execute(self._call, [values[name] for name in _TYPES])
        else:
            self._cursor.execute(_TYPED, values)
        return self._cursor.rowcount


def _sent_values(done: Sent) -> dict[str, object]:
    return {
        "sent_id": done.delivery_id,
        "sent_at": done.at,
        "provider_id": done.receipt.provider_id[:200],
        "cost": to_minor(done.receipt.cost),
    }
