"""UIS (CoMagic): a notification of an ended or lost call, as JSON of the fields that the guide has the person put in.

UIS signs nothing: the address carries a secret. Times come without a zone, in that of the account.
"""

from typing import Any

from platforms.rules import bodies, signatures
from platforms.rules.contract import Adapter, Call, Context, Told, Unreadable
from platforms.rules.telephony.reading import NO_STATUSES, moment, number, required, seconds, text, yes_no

INCOMING, OUTGOING = "in", "out"


def _tell(_topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    direction = text(payload, "direction").lower()
    if direction not in (INCOMING, OUTGOING):
        raise Unreadable("wrong_kind", field="direction")
    talked = seconds(payload, "talk_time_duration")
    is_lost = yes_no(payload, "is_lost")
    call = Call(
        external_id=required(payload, "call_session_id"),
        at=moment(payload, "start_time" if text(payload, "start_time") else "notification_time", ctx),
        is_incoming=direction == INCOMING,
        is_answered=talked > 0 if is_lost is None else not is_lost,
        phone=number(text(payload, "contact_phone_number")),
        line=number(text(payload, "virtual_phone_number")),
        extension=text(payload, "extension_phone_number") or text(payload, "employee_email"),
        duration_seconds=talked,
    )
    return Told(calls=[call])


ADAPTER = Adapter(
    statuses=NO_STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_json(incoming.body),
    topic=lambda _incoming, payload: text(payload, "notification_name") or "call",
    delivery_id=lambda incoming, _payload: signatures.digest(incoming.body),
)
