"""Mango Office: the event "summary" of the API of virtual exchange, a form with the call as JSON.

sign = sha256(vpbx_api_key + json + vpbx_api_salt), in hex: the key comes with the message, the salt is the secret of
the connection. Other events of a call (call, recording, dtmf) say nothing that is kept.
"""

import hashlib
from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Call, Context, Incoming, Told, Unreadable
from platforms.rules.picking import inner
from platforms.rules.telephony.reading import NO_STATUSES, number, required, text, unix

INCOMING, OUTGOING = "1", "2"
ANSWERED = "1"


def _verify(incoming: Incoming, secret: str) -> bool:
    try:
        form = bodies.read_form(incoming.body)
    except Unreadable:
        return False
    key, told, sign = (form.get(name) for name in ("vpbx_api_key", "json", "sign"))
    if not secret or not isinstance(key, str) or not isinstance(told, str) or not isinstance(sign, str):
        return False
    return signatures.is_same(sign.lower(), hashlib.sha256(f"{key}{told}{secret}".encode()).hexdigest())


def _read(incoming: Incoming) -> dict[str, Any]:
    return bodies.read_json(str(bodies.read_form(incoming.body).get("json", "")).encode())


def _topic(_incoming: Incoming, payload: dict[str, Any]) -> str:
    return "summary" if "entry_result" in payload else "call"


def _tell(topic: str, payload: dict[str, Any], _ctx: Context) -> Told:
    direction = text(payload, "call_direction")
    if topic != "summary":
        return Told(ignored="topic_unused")
    if direction not in (INCOMING, OUTGOING):
        return Told(ignored="inner_call")
    is_incoming = direction == INCOMING
    caller, called = inner(payload, "from"), inner(payload, "to")
    theirs, ours = (caller, called) if is_incoming else (called, caller)
    begun, talked, ended = (unix(payload, name) for name in ("create_time", "talk_time", "end_time"))
    if begun is None:
        raise Unreadable("no_id", field="create_time")
    is_answered = text(payload, "entry_result") == ANSWERED and talked is not None
    lasted = int((ended - talked).total_seconds()) if is_answered and talked and ended else 0
    call = Call(
        external_id=required(payload, "entry_id"),
        at=begun,
        is_incoming=is_incoming,
        is_answered=is_answered,
        phone=number(text(theirs, "number")),
        line=number(text(payload, "line_number")),
        extension=text(ours, "extension"),
        duration_seconds=max(lasted, 0),
    )
    return Told(calls=[call])


ADAPTER = Adapter(
    statuses=NO_STATUSES,
    tell=_tell,
    read=_read,
    topic=_topic,
    delivery_id=lambda incoming, _payload: signatures.digest(incoming.body),
    verify=_verify,
    is_signed=True,
    gives_secret=True,
)
