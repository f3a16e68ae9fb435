"""Addresses and consents of customers who are known already, as other systems tell of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.rules.contacts import CHANNELS
from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.moments import AHEAD
from customers.rules.naming import read_name
from customers.rules.records import CONSENT_ACTIONS, Company, Named

STATUSES = ("valid", "bounced", "unreachable")
CONTACT_FIELDS = frozenset(("customer", "channel", "value", "status"))
CONSENT_FIELDS = frozenset(("source", "customer", "channel", "action", "at", "proof", "text_version"))


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One normalised address and its state, "" where nothing is told of it."""

    named: Named
    channel: str
    value: str
    status: str = ""


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """Marketing on a channel was allowed or withdrawn. Without `at`: as from when it is told."""

    source: str
    named: Named
    channel: str
    action: str
    at: datetime | None = None
    proof: str = ""
    text_version: str = ""


def read_contact_row(data: Any, company: Company) -> ContactRow:
    """The address that an object tells. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(CONTACT_FIELDS)
    channel = _channel(fields)
    row = ContactRow(
        named=read_name(fields.inner("customer"), ""),
        channel=channel,
        value=fields.address("value", channel, required=True) if channel in CHANNELS else "",
        status=fields.choice("status", STATUSES, ""),
    )
    if faults:
        raise Faulty(faults)
    return row


def read_consent_row(data: Any, company: Company, now: datetime) -> ConsentRow:
    """The consent that an object tells. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(CONSENT_FIELDS)
    source = fields.text("source", 50, required=True)
    at = fields.moment("at")
    if at is not None and at > now + AHEAD:
        fields.fail("at", "in_future")
    row = ConsentRow(
        source=source,
        named=read_name(fields.inner("customer"), source),
        channel=_channel(fields),
        action=fields.choice("action", CONSENT_ACTIONS, "granted"),
        at=at,
        proof=fields.text("proof", 2000),
        text_version=fields.text("text_version", 40),
    )
    if faults:
        raise Faulty(faults)
    return row


def _channel(fields: Fields) -> str:
    channel = fields.choice("channel", CHANNELS, "")
    if not channel:
        fields.fail("channel", "required")
    return channel
