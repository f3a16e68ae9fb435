"""Twilio: the status callback of a call, a form.

X-Twilio-Signature = base64(HMAC-SHA1(auth token, address + each field's name and value in order of names)).
A call that a voice mail or a menu took is "completed" as well: of a call that was put through, DialCallStatus tells
whether a person answered, and goes first.
"""

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Call, Context, Incoming, Told, Unreadable
from platforms.rules.telephony.reading import NO_STATUSES, number, required, seconds, text

OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
ANSWERED = frozenset({"completed", "answered"})


def _verify(incoming: Incoming, secret: str) -> bool:
    try:
        pairs = parse_qsl(incoming.body.decode(), keep_blank_values=True, max_num_fields=bodies.MAX_FIELDS)
    except ValueError:
        return False
    signed = incoming.url + "".join(name + value for name, value in sorted(set(pairs)))
    expected = base64.b64encode(hmac.new(secret.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return bool(secret) and signatures.is_same(incoming.headers.get("x-twilio-signature", ""), expected)


def _delivery_id(_incoming: Incoming, payload: dict[str, Any]) -> str:
    return f"{required(payload, 'CallSid')}:{text(payload, 'CallStatus')}:{text(payload, 'DialCallStatus')}"


def _tell(_topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    status = text(payload, "CallStatus")
    if status not in OVER:
        return Told(ignored="call_goes_on")
    is_incoming = text(payload, "Direction") == "inbound"
    ours, theirs = ("To", "From") if is_incoming else ("From", "To")
    line = text(payload, ours)
    lasted = seconds(payload, "CallDuration")
    call = Call(
        external_id=required(payload, "CallSid"),
        at=_begun(payload, lasted),
        is_incoming=is_incoming,
        is_answered=(text(payload, "DialCallStatus") or status) in ANSWERED and lasted > 0,
        phone=number(text(payload, theirs)),
        line=number(line),
        # Twilio knows no extensions; a number that is one person's own may stand in the table.
        extension=line if line in ctx.extensions else "",
        duration_seconds=lasted,
    )
    return Told(calls=[call])


def _begun(payload: dict[str, Any], lasted: int) -> datetime:
    """The callback tells when the call was over, in the manner of e-mail; it began as long before as it lasted."""
    try:
        ended = parsedate_to_datetime(required(payload, "Timestamp"))
        return datetime.fromtimestamp(ended.timestamp() - lasted, tz=UTC)
    except (ValueError, TypeError, OverflowError) as error:
        raise Unreadable("wrong_kind", field="Timestamp") from error


ADAPTER = Adapter(
    statuses=NO_STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_form(incoming.body),
    topic=lambda _incoming, payload: text(payload, "CallStatus") or "call",
    delivery_id=_delivery_id,
    verify=_verify,
    is_signed=True,
    gives_secret=True,
)
