"""Reads of connections and their messages."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from platforms.models import Connection, InboundMessage, MessageState


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many messages of a connection are in a state."""

    code: str
    label: str
    count: int


def connections() -> QuerySet[Connection]:
    """All connections with `failed`, `waiting` and `taken_at`, when a message was last taken."""
    return Connection.objects.annotate(
        failed=Count("messages", filter=Q(messages__state=MessageState.FAILED)),
        waiting=Count("messages", filter=Q(messages__state=MessageState.RECEIVED)),
        taken_at=Max("messages__processed_at"),
    )


def messages_of(connection: Connection, state: str = "") -> QuerySet[InboundMessage]:
    """The log of a connection, newest first, without the bodies."""
    found = connection.messages.defer("body").order_by("-id")
    return found.filter(state=state) if state in MessageState.values else found


def state_counts(connection: Connection) -> list[StateCount]:
    """The states that there are messages in."""
    counts = dict(connection.messages.order_by().values_list("state").annotate(Count("id")))
    return [StateCount(code, str(label), counts[code]) for code, label in MessageState.choices if counts.get(code)]


def due_messages(now: datetime) -> QuerySet[InboundMessage]:
    """What is to be tried by itself, of connections that are on."""
    return InboundMessage.objects.filter(due_at__lte=now, connection__is_active=True).order_by("due_at")
