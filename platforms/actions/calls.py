"""Writing calls down: incoming ones as inquiries, outgoing ones for the contact log to take over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from acquisition.actions import record_inquiries
from acquisition.models import OutgoingCall
from acquisition.queries.inquiries import people_by_email
from acquisition.rules.inquiries import InquiryData
from core.models import User
from customers.models import ContactPoint
from customers.rules.contacts import normalise_contact
from customers.rules.faults import Fault
from customers.rules.moments import AHEAD
from customers.rules.records import ContactData
from customers.rules.versions import Fate
from platforms.rules.contract import Call, Context, Note, Unreadable

PHONE = "phone"


@dataclass(slots=True)
class Recorded:
    """What became of the calls of a message; faults go with the call that they are about."""

    customer_ids: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    faults: list[tuple[Fault | Unreadable, str]] = field(default_factory=list)
    has_news: bool = False


def record_calls(*, calls: Sequence[Call], ctx: Context, now: datetime) -> Recorded:
    """Record calls, each once by its id at the telephony; told again, what is new goes over what is known."""
    recorded = Recorded()
    people = people_by_email(_email(call, ctx) for call in calls)
    for call in calls:
        if call.at > now + AHEAD:
            recorded.faults.append((Fault("at", "in_future"), call.external_id))
        elif call.is_incoming:
            _incoming(call, ctx, people, recorded, now)
        else:
            _outgoing(call, ctx, people, recorded)
    return recorded


def _email(call: Call, ctx: Context) -> str:
    """Whose the extension is by the connection's table; a telephony may name people by their e-mail itself."""
    return (ctx.extensions.get(call.extension) or (call.extension if "@" in call.extension else "")).lower()


def _phone(call: Call, ctx: Context) -> str:
    return normalise_contact(PHONE, call.phone, ctx.company.region) or "" if call.phone else ""


def _line(call: Call, ctx: Context) -> str:
    """The channel of the line, written in the table in any form."""
    region = ctx.company.region
    own = normalise_contact(PHONE, call.line, region) or call.line
    return next((code for line, code in ctx.lines.items() if own in (line, normalise_contact(PHONE, line, region))), "")


def _incoming(call: Call, ctx: Context, people: dict[str, User], recorded: Recorded, now: datetime) -> None:
    phone, email = _phone(call, ctx), _email(call, ctx)
    inquiry = InquiryData(
        source=ctx.source,
        external_id=call.external_id,
        kind="call",
        at=call.at,
        channel_code=_line(call, ctx),
        is_answered=call.is_answered,
        contacts=(ContactData(PHONE, phone),) if phone else (),
        line=call.line,
        duration_seconds=call.duration_seconds,
        answered_by=email if call.is_answered and email in people else "",
    )
    result = record_inquiries(inquiries=[inquiry], now=now)[0]
    recorded.faults += [(fault, call.external_id) for fault in result.faults]
    if result.fate == Fate.REFUSED:
        return
    recorded.customer_ids += [result.customer_id] if result.customer_id else []
    recorded.has_news = recorded.has_news or result.fate != Fate.UNCHANGED
    recorded.notes.append(Note("call_answered" if call.is_answered else "call_missed", call.line))
    _note_stranger(call, email, people, recorded)


def _note_stranger(call: Call, email: str, people: dict[str, User], recorded: Recorded) -> None:
    """Somebody took the call whom nobody here is: the table of extensions lacks a line."""
    if call.extension and call.is_answered and email not in people:
        recorded.notes.append(Note("extension_unknown", call.extension))


def _outgoing(call: Call, ctx: Context, people: dict[str, User], recorded: Recorded) -> None:
    phone, by = _phone(call, ctx), people.get(_email(call, ctx))
    point = ContactPoint.objects.filter(channel=PHONE, value=phone).order_by("pk").first() if phone else None
    customer_id = point.customer_id if point else None
    _call, is_new = OutgoingCall.objects.get_or_create(
        source=ctx.source,
        external_id=call.external_id,
        defaults={
            "at": call.at,
            "by": by,
            "phone": phone,
            "customer_id": customer_id,
            "is_answered": call.is_answered,
            "duration_seconds": call.duration_seconds,
        },
    )
    recorded.has_news = recorded.has_news or is_new
    recorded.customer_ids += [point.customer_id] if point else []
    recorded.notes.append(Note("call_out", call.line))
    if by is None:
        recorded.notes.append(Note("extension_unknown", call.extension))
