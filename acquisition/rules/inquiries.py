"""From a decoded JSON object (or a mapped row of a file) to an inquiry that can be recorded."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from customers.rules.contacts import normalise_contact
from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.moments import AHEAD
from customers.rules.records import Company, ConsentData, ContactData

KINDS = ("call", "form", "visit", "chat")
# A day's length, in seconds: longer than anybody talks.
MAX_SECONDS = 86_400
MAX_NOTE = 5000
REF_FIELDS = frozenset(("source", "external_id"))
# fmt: off
INQUIRY_FIELDS = frozenset((
    "source", "external_id", "kind", "at", "channel", "is_answered", "name", "phone", "email", "line",
    "duration_seconds", "answered_by", "customer", "next_step", "next_step_on", "order", "is_spam", "note",
    "creates_customer",
))
# fmt: on
Ref = tuple[str, str]


@dataclass(frozen=True, slots=True)
class InquiryData:
    """One inquiry as a source tells it, normalised. What is None or empty was not told.

    `customer` and `order` are (source, external id); `answered_by` is a person's e-mail. `creates_customer`:
    whether somebody unknown becomes a customer; None leaves it to `makes_customer`. `adds_contacts` False is
    for tellers whom nobody vouches for: a customer found by one address is not given the other. `text_version` names
    the words that the consents were given to.
    """

    source: str
    kind: str
    at: datetime
    external_id: str = ""
    channel_code: str = ""
    is_answered: bool | None = None
    name: str = ""
    contacts: tuple[ContactData, ...] = ()
    line: str = ""
    duration_seconds: int | None = None
    answered_by: str = ""
    customer: Ref | None = None
    next_step: str = ""
    next_step_on: date | None = None
    order: Ref | None = None
    is_spam: bool | None = None
    note: str = ""
    creates_customer: bool | None = None
    adds_contacts: bool = True
    language: str = ""
    consents: tuple[ConsentData, ...] = ()
    text_version: str = ""

    @property
    def phone(self) -> str:
        return self.address("phone")

    @property
    def email(self) -> str:
        return self.address("email")

    def address(self, channel: str) -> str:
        """The address told on a channel, or an empty text."""
        return next((contact.value for contact in self.contacts if contact.channel == channel), "")


def read_inquiry(data: Any, company: Company, now: datetime) -> InquiryData:
    """The inquiry that an object tells. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(INQUIRY_FIELDS)
    source = fields.text("source", 50, required=True)
    at = _moment(fields, now)
    next_step_on = fields.moment("next_step_on")
    contacts = (_contact(fields, "phone"), _contact(fields, "email"))
    inquiry = InquiryData(
        source=source,
        external_id=fields.text("external_id", 200),
        kind=_kind(fields),
        at=at,
        channel_code=fields.text("channel", 50).lower(),
        is_answered=_yes_no(fields, "is_answered"),
        name=fields.text("name", 300),
        contacts=tuple(contact for contact in contacts if contact),
        line=fields.text("line", 100),
        duration_seconds=_seconds(fields),
        answered_by=fields.text("answered_by", 254).lower(),
        customer=_ref(fields.inner("customer"), source),
        next_step=fields.text("next_step", 300),
        next_step_on=next_step_on.astimezone(company.zone).date() if next_step_on else None,
        order=_ref(fields.inner("order"), source),
        is_spam=_yes_no(fields, "is_spam"),
        note=fields.text("note", MAX_NOTE),
        creates_customer=_yes_no(fields, "creates_customer"),
    )
    if faults:
        raise Faulty(faults)
    return inquiry


def was_answered(kind: str, duration_seconds: int | None, answered_by: bool) -> bool:
    """Whether somebody dealt with an inquiry that does not say so itself.

    A visit was; a call was if it lasted or names who took it; a form and a chat wait until somebody is named.
    """
    return kind == "visit" or answered_by or (kind == "call" and bool(duration_seconds))


def makes_customer(*, told: bool | None, kind: str, is_answered: bool, is_spam: bool, has_contact: bool) -> bool:
    """Whether an inquiry of somebody unknown makes a customer.

    Unless the source says otherwise: whoever left a contact does, but for a call that nobody took, where the
    number is all there is, and often a machine's.
    """
    if is_spam or not has_contact:
        return False
    return told if told is not None else kind != "call" or is_answered


def _moment(fields: Fields, now: datetime) -> datetime:
    before = len(fields.faults)
    at = fields.moment("at")
    if at is None and len(fields.faults) == before:
        fields.fail("at", "required")
    if at is not None and at > now + AHEAD:
        fields.fail("at", "in_future")
    return at or now


def _kind(fields: Fields) -> str:
    kind = fields.choice("kind", KINDS, "")
    if not kind:
        fields.fail("kind", "required")
    return kind


def _contact(fields: Fields, channel: str) -> ContactData | None:
    raw = fields.text(channel, 254)
    if not raw:
        return None
    value = normalise_contact(channel, raw, fields.company.region)
    if value is None:
        fields.fail(channel, f"bad_{channel}", value=raw[:60])
        return None
    return ContactData(channel, value)


def _seconds(fields: Fields) -> int | None:
    seconds = fields.integer("duration_seconds")
    if seconds is not None and seconds > MAX_SECONDS:
        fields.fail("duration_seconds", "too_large", maximum=MAX_SECONDS)
    return seconds


def _yes_no(fields: Fields, name: str) -> bool | None:
    value = fields.data.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, bool):
        fields.fail(name, "not_yes_no")
        return None
    return value


def _ref(fields: Fields, source: str) -> Ref | None:
    fields.only(REF_FIELDS)
    external_id = fields.text("external_id", 200)
    told_source = fields.text("source", 50) or source
    return (told_source, external_id) if external_id else None
