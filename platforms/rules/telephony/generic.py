"""Any telephony that can send JSON: our own form, told in docs/telephony.md. The address carries the secret."""

from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Call, Context, Told, Unreadable
from platforms.rules.telephony.reading import NO_STATUSES, moment, number, required, seconds, text, yes_no

INCOMING, OUTGOING = ("in", "incoming", "inbound"), ("out", "outgoing", "outbound")


def _tell(_topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    direction = text(payload, "direction").lower() or "in"
    if direction not in INCOMING + OUTGOING:
        raise Unreadable("wrong_kind", field="direction")
    is_incoming = direction in INCOMING
    ours, theirs = ("to", "from") if is_incoming else ("from", "to")
    lasted = seconds(payload, "duration_seconds")
    answered = yes_no(payload, "answered")
    call = Call(
        external_id=required(payload, "external_id"),
        at=moment(payload, "at", ctx),
        is_incoming=is_incoming,
        is_answered=lasted > 0 if answered is None else answered,
        phone=number(text(payload, theirs)),
        line=number(text(payload, "line") or text(payload, ours)),
        extension=text(payload, "manager"),
        duration_seconds=lasted,
    )
    return Told(calls=[call])


ADAPTER = Adapter(
    statuses=NO_STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_json(incoming.body),
    topic=lambda _incoming, _payload: "call",
    delivery_id=lambda incoming, _payload: signatures.digest(incoming.body),
)
