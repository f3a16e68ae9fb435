"""Working on a message that was kept: at once, by the tick, or by hand."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction

from platforms.actions.asking import Api
from platforms.actions.context import context_of
from platforms.actions.documents import tell_of_file
from platforms.actions.recording import Outcome, record_told
from platforms.models import InboundMessage, MessageState, Platform, Signature
from platforms.queries import due_messages
from platforms.rules.contract import Context, Incoming, Told, Unreadable, Unusable
from platforms.rules.registry import ADAPTERS
from platforms.words import error_of

log = structlog.get_logger(__name__)
OPEN = (MessageState.RECEIVED, MessageState.FAILED)
# After so long a failed message is tried again; then it waits for a hand.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
# Nobody else takes a message while somebody is at it; if the worker dies, the tick takes it again then.
LEASE = timedelta(minutes=10)


def claim_due(*, now: datetime, limit: int) -> list[int]:
    """Take due messages for this worker: their ids, committed, so that no other worker takes them."""
    with transaction.atomic():
        due = due_messages(now).select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:limit]
        ids = list(due)
        InboundMessage.objects.filter(pk__in=ids).update(due_at=now + LEASE)
    return ids


def process(*, message_id: int, now: datetime) -> InboundMessage:
    """Do what a message says, once: whoever comes second finds it done. The message tells what came of it.

    Nothing is raised for a bad message: it is failed or refused, with the reasons.
    """
    message = InboundMessage.objects.select_related("connection", "file").get(pk=message_id)
    if message.state not in OPEN:
        return message
    try:
        told, ctx = _read(message, now)
        with transaction.atomic():
            if _lock(message):
                outcome = record_told(told=told, ctx=ctx, received_at=message.received_at, now=now)
                _finish(message, outcome, now)
    except Unusable as error:
        _fail(message, error, now)
    except Unreadable as error:
        _finish(message, Outcome(errors=[error_of(error)]), now, state=MessageState.REFUSED)
    except Exception as error:
        # A mistake of ours must not lose the message, nor stop the others.
        log.exception("inbound message failed", message_id=message.pk)
        _fail(message, Unreadable("unexpected", kind=type(error).__name__), now)
    return InboundMessage.objects.get(pk=message_id)


def _read(message: InboundMessage, now: datetime) -> tuple[Told, Context]:
    """What the message says. The platform is asked here, before anything is locked."""
    connection = message.connection
    ctx = context_of(connection)
    if connection.platform == Platform.COMMERCEML:
        return tell_of_file(message, ctx), ctx
    adapter = ADAPTERS[connection.platform]
    payload = adapter.read(Incoming(message.headers, message.query, bytes(message.body)))
    if adapter.fetch and connection.api_url:
        # What is read is the state of now, whenever the message came.
        payload = {**adapter.fetch(message.topic, payload, Api(connection).get), "read_at": now.isoformat()}
    return adapter.tell(message.topic, payload, ctx), ctx


def _lock(message: InboundMessage) -> bool:
    """Whether the message is still to be done; holds it until the transaction ends."""
    return InboundMessage.objects.select_for_update().filter(pk=message.pk, state__in=OPEN).exists()


def _finish(message: InboundMessage, outcome: Outcome, now: datetime, state: MessageState | None = None) -> None:
    is_failed = state is None and bool(outcome.errors)
    done = MessageState.IGNORED if outcome.is_ignored else MessageState.PROCESSED
    InboundMessage.objects.filter(pk=message.pk, state__in=OPEN).update(
        state=state or (MessageState.FAILED if is_failed else done),
        attempts=message.attempts + 1,
        due_at=_next_attempt(message, now) if is_failed else None,
        errors=outcome.errors,
        notes=outcome.notes[:200],
        order_ids=sorted(set(outcome.order_ids)),
        customer_ids=sorted(set(outcome.customer_ids)),
        processed_at=now,
    )


def _fail(message: InboundMessage, error: Unreadable, now: datetime) -> None:
    _finish(message, Outcome(errors=[error_of(error)]), now)


def _next_attempt(message: InboundMessage, now: datetime) -> datetime | None:
    return now + BACK_OFF[message.attempts] if message.attempts < len(BACK_OFF) else None


def reopen(*, message: InboundMessage) -> bool:
    """Make a failed message, or a refused one whose sender is known, ready to be tried again by hand."""
    mendable = InboundMessage.objects.filter(pk=message.pk, state__in=(MessageState.FAILED, MessageState.REFUSED))
    # Of what nobody signed, and of what was too large, only the beginning was kept.
    whole = mendable.exclude(signature=Signature.FORGED).filter(attempts__gt=0)
    return bool(whole.update(state=MessageState.RECEIVED, attempts=0))


def retry_failed(*, connection_id: int, now: datetime) -> int:
    """Make all failed messages of a connection due; the tick takes them. Returns how many."""
    failed = InboundMessage.objects.filter(connection_id=connection_id, state=MessageState.FAILED)
    return failed.update(due_at=now, attempts=0)
