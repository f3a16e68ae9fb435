"""Taking a message in: who sent it, whether it was here before, and keeping it before anything is done with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from platforms.models import Connection, InboundMessage, MessageState, Signature
from platforms.rules.bodies import MAX_BODY
from platforms.rules.contract import Adapter, Incoming, Unreadable
from platforms.rules.registry import ADAPTERS
from platforms.words import error_of, keepable

# While the request that brought a message is at work on it, no tick takes it.
GRACE = timedelta(minutes=2)
STALE = timedelta(days=1)
# Of refused messages the log keeps so many an hour, and the beginning of each; the others are counted.
REFUSED_AN_HOUR = 20
REFUSED_BYTES = 500
# Larger ones, and those for which the platform must be asked, are left to the tick.
AT_ONCE = 512 * 1024


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is answered. `message_id` where the message was kept; `is_due` if it may be worked on now."""

    status: int
    state: str
    message_id: int | None = None
    is_due: bool = False
    errors: tuple[dict[str, Any], ...] = ()


def receive(*, connection: Connection, incoming: Incoming, has_secret: bool, now: datetime) -> Receipt:
    """Keep a message, committed, or say why not. `has_secret`: the address carried the connection's secret."""
    Connection.objects.filter(pk=connection.pk).update(last_seen_at=now)
    adapter = ADAPTERS[connection.platform]
    if adapter.is_ping(incoming):
        return Receipt(200, "ping")
    if len(incoming.body) > MAX_BODY:
        # It was not read to its end, so that its signature cannot be told.
        error = Unreadable("too_large", limit=MAX_BODY)
        return refuse(connection=connection, incoming=incoming, error=error, status=413, now=now)
    signature = _signature(adapter, connection, incoming, has_secret=has_secret)
    if signature == Signature.FORGED:
        return refuse(connection=connection, incoming=incoming, error=Unreadable("forged"), status=401, now=now)
    try:
        topic, delivery_id = _identify(adapter, incoming, now)
    except Unreadable as error:
        return refuse(connection=connection, incoming=incoming, error=error, status=400, signature=signature, now=now)
    at_once = len(incoming.body) <= AT_ONCE and not (adapter.fetch and connection.api_url)
    return _keep(
        InboundMessage(
            connection=connection,
            received_at=now,
            topic=keepable(topic),
            delivery_id=keepable(delivery_id)[:200],
            headers=_kept_headers(adapter, incoming),
            query=keepable({name: incoming.query[name] for name in ("topic",) if name in incoming.query}),
            body=incoming.body,
            size=len(incoming.body),
            signature=signature,
            due_at=now + GRACE if at_once else now,
        ),
        is_due=at_once,
    )


def _signature(adapter: Adapter, connection: Connection, incoming: Incoming, *, has_secret: bool) -> Signature:
    if adapter.is_signed:
        return Signature.VALID if adapter.verify(incoming, connection.secret) else Signature.FORGED
    return Signature.SECRET if has_secret else Signature.FORGED


def _identify(adapter: Adapter, incoming: Incoming, now: datetime) -> tuple[str, str]:
    payload = adapter.read(incoming)
    sent_at = adapter.sent_at(payload)
    if sent_at is not None and abs(now - sent_at) > STALE:
        raise Unreadable("stale")
    return adapter.topic(incoming, payload), adapter.delivery_id(incoming, payload)


def _kept_headers(adapter: Adapter, incoming: Incoming) -> Any:
    return keepable({name: incoming.headers[name] for name in adapter.headers if name in incoming.headers})


def _keep(message: InboundMessage, *, is_due: bool) -> Receipt:
    try:
        with transaction.atomic():
            message.save()
    except IntegrityError:
        again = InboundMessage.objects.filter(connection=message.connection, delivery_id=message.delivery_id)
        again.update(repeats=F("repeats") + 1)
        return Receipt(200, "repeated", again.values_list("pk", flat=True).first())
    return Receipt(202, MessageState.RECEIVED.value, message.pk, is_due=is_due)


def refuse(
    *,
    connection: Connection,
    incoming: Incoming,
    error: Unreadable,
    status: int,
    now: datetime,
    signature: Signature = Signature.FORGED,
) -> Receipt:
    """Write down that something was refused, within bounds: who floods the log must not fill the disk."""
    told = error_of(error)
    recent = connection.messages.filter(state=MessageState.REFUSED, received_at__gt=now - timedelta(hours=1))
    latest = list(recent.order_by("-id").values_list("pk", flat=True)[:REFUSED_AN_HOUR])
    if len(latest) >= REFUSED_AN_HOUR:
        InboundMessage.objects.filter(pk=latest[0]).update(repeats=F("repeats") + 1)
        return Receipt(status, MessageState.REFUSED.value, latest[0], errors=(told,))
    adapter = ADAPTERS.get(connection.platform)
    message = InboundMessage.objects.create(
        connection=connection,
        received_at=now,
        headers=_kept_headers(adapter, incoming) if adapter else {},
        body=incoming.body[:REFUSED_BYTES],
        size=len(incoming.body),
        signature=signature,
        state=MessageState.REFUSED,
        errors=[told],
        processed_at=now,
    )
    return Receipt(status, MessageState.REFUSED.value, message.pk, errors=(told,))
