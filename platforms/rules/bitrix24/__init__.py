"""Bitrix24: an outbound webhook names a deal; the deal is asked for through an inbound webhook's address.

The application token in the message is the check, compared with the one that Bitrix24 shows.
"""

from datetime import datetime
from typing import Any

from platforms.rules import bodies
from platforms.rules.bitrix24.deals import deal_of
from platforms.rules.contract import Adapter, Cancelled, Context, Get, Incoming, Told, Unreadable, Unusable
from platforms.rules.picking import inner, text, unix_moment, whole_number
from platforms.rules.signatures import is_same

# Stages of other pipelines are named C5:WON; what is not in the table goes by won, lost or still open.
STATUSES = {"WON": "fulfilled", "LOSE": "cancelled", "*": ""}
CHANGES = ("ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALMOVETOCATEGORY")


def _verify(incoming: Incoming, secret: str) -> bool:
    try:
        payload = bodies.read_any(incoming.headers, incoming.body)
        return is_same(text(inner(payload, "auth"), "application_token"), secret)
    except Unreadable:
        return False


def _deal_id(payload: dict[str, Any]) -> str:
    return whole_number(inner(inner(payload, "data"), "FIELDS"), "ID")


def _delivery_id(_incoming: Incoming, payload: dict[str, Any]) -> str:
    event, ts = text(payload, "event", limit=50), text(payload, "ts", limit=20)
    fields = inner(inner(payload, "data"), "FIELDS")
    return f"{event}:{text(fields, 'ID', limit=20)}:{ts}" if ts else ""


def _fetch(topic: str, payload: dict[str, Any], get: Get) -> dict[str, Any]:
    if topic not in CHANGES:
        return payload
    id_ = _deal_id(payload)
    deal = _result(get(f"/crm.deal.get.json?id={id_}"))
    read: dict[str, Any] = {"deal": deal, "products": get(f"/crm.deal.productrows.get.json?id={id_}")}
    for name, field in (("contact", "CONTACT_ID"), ("company", "COMPANY_ID")):
        if text(deal, field) not in ("", "0"):
            read[name] = _result(get(f"/crm.{name}.get.json?id={whole_number(deal, field)}"))
    return {**payload, "read": read}


def _result(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise Unreadable("not_object")
    return inner(found, "result")


def _tell(topic: str, payload: dict[str, Any], ctx: Context) -> Told:
    told = Told()
    if topic == "ONCRMDEALDELETE":
        told.cancelled.append(Cancelled(_deal_id(payload), _sent_at(payload)))
    elif topic in CHANGES:
        read = inner(payload, "read")
        if not read:
            _deal_id(payload)
            raise Unusable("no_api")
        deal_of(read, ctx, told)
    else:
        told.ignored = "topic_unused"
    return told


def _sent_at(payload: Any) -> datetime | None:
    return unix_moment(payload, "ts")


ADAPTER = Adapter(
    statuses=STATUSES,
    tell=_tell,
    read=lambda incoming: bodies.read_any(incoming.headers, incoming.body),
    topic=lambda _incoming, payload: text(payload, "event", limit=100).upper(),
    delivery_id=_delivery_id,
    verify=_verify,
    is_signed=True,
    gives_secret=True,
    fetch=_fetch,
    sent_at=_sent_at,
)
