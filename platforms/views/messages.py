"""The log of a connection: one message, and trying again."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from core.access import role_required
from core.roles import Role
from customers.models import Customer, Order
from platforms import actions
from platforms.models import Connection, InboundMessage, MessageState, Signature
from platforms.queries.exchange import content
from platforms.rules.bodies import read_form
from platforms.rules.contract import Unreadable
from platforms.words import error_texts, note_text

SHOWN = 200_000
# Keys of the platform have no business on a page.
_KEYS = re.compile(r"((?:access|refresh|application)_token\W{1,8})[\w.-]{6,}", re.IGNORECASE)


@dataclass(frozen=True)
class Chip:
    """How a state looks; colour never says it alone."""

    css: str
    icon: str


CHIPS = {
    MessageState.RECEIVED: Chip("chip-calm", icon="clock"),
    MessageState.PROCESSED: Chip("chip-good", icon="check"),
    MessageState.IGNORED: Chip("", icon="minus"),
    MessageState.FAILED: Chip("chip-bad", icon="alert-triangle"),
    MessageState.REFUSED: Chip("chip-warn", icon="ban"),
}


@dataclass(frozen=True)
class Row:
    """A message as a line of the log."""

    message: InboundMessage
    chip: Chip
    said: list[str]


def as_row(message: InboundMessage) -> Row:
    chip = CHIPS[MessageState(message.state)]
    return Row(message, chip, error_texts(message.errors) or [note_text(note) for note in message.notes])


@role_required(Role.ADMINISTRATOR)
@never_cache
@require_GET
def inbound_message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: what came, and what came of it."""
    message = get_object_or_404(InboundMessage.objects.select_related("connection", "file"), pk=pk)
    context = {
        "row": as_row(message),
        "message": message,
        "connection": message.connection,
        "notes": [note_text(note) for note in message.notes],
        "orders": Order.objects.filter(pk__in=message.order_ids[:100]).select_related("customer"),
        "customers": Customer.objects.filter(pk__in=message.customer_ids[:100]),
        "body": _shown(message),
        "can_retry": can_retry(message),
    }
    return render(request, "platforms/message.html", context)


def can_retry(message: InboundMessage) -> bool:
    """Failed, or refused although its sender was known and all of it was kept."""
    is_whole = message.signature != Signature.FORGED and message.attempts > 0
    return is_whole and message.state in (MessageState.FAILED, MessageState.REFUSED)


def _shown(message: InboundMessage) -> str:
    raw = bytes(message.body)
    if message.file is not None and not message.file.name.lower().endswith(".zip"):
        raw = b"".join(content(message.file))[: SHOWN * 2]
    return _KEYS.sub(r"\1…", _pretty(raw))[:SHOWN]


def _pretty(raw: bytes) -> str:
    """JSON with indents, a form line by line, anything else as it is."""
    try:
        data = json.loads(raw, parse_float=Decimal)
        return json.dumps(data, ensure_ascii=False, indent=2, default=str).encode("utf-8", "replace").decode()
    except (ValueError, RecursionError):
        pass
    text = raw.decode("utf-8", "replace").replace("\0", "�")
    return "\n".join(_lines(read_form(raw))) if _is_form(raw) else text


def _is_form(raw: bytes) -> bool:
    try:
        return b"=" in raw[:200] and b"<" not in raw[:1] and bool(read_form(raw))
    except Unreadable:
        return False


def _lines(data: dict[str, Any], path: str = "") -> list[str]:
    found: list[str] = []
    for name, value in data.items():
        here = f"{path}.{name}" if path else name
        found += _lines(value, here) if isinstance(value, dict) else [f"{here} = {value}"]
    return found


@role_required(Role.ADMINISTRATOR)
@require_POST
def inbound_message_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try one message again, now."""
    message = get_object_or_404(InboundMessage, pk=pk)
    if actions.reopen(message=message):
        done = actions.process(message_id=pk, now=timezone.now())
        said = messages.success if done.state in (MessageState.PROCESSED, MessageState.IGNORED) else messages.error
        said(request, _("Tried again: %(state)s.") % {"state": done.get_state_display().lower()})
    else:
        messages.error(request, _("There is nothing to try again: the message is done, or was not kept whole."))
    return redirect("inbound_message", pk)


@role_required(Role.ADMINISTRATOR)
@require_POST
def connection_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Try all failed messages of a connection again; the worker takes them within a minute."""
    connection = get_object_or_404(Connection, pk=pk)
    count = actions.retry_failed(connection_id=connection.pk, now=timezone.now())
    said = ngettext(
        "%(count)s message will be tried within a minute.", "%(count)s messages will be tried within a minute.", count
    )
    messages.success(request, said % {"count": count})
    return redirect("connection_page", pk)
