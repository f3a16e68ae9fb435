"""Recording inquiries: one or a thousand, in the same number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from acquisition.actions.inquiry_rows import Row, insert_inquiries, row_of, stored_inquiries, update_inquiries
from acquisition.models import Channel, Inquiry
from acquisition.queries.inquiries import orders_by_ref, people_by_email
from acquisition.rules.codes import code_parts
from acquisition.rules.inquiries import InquiryData, makes_customer
from core.models import User
from customers.actions.consents import ConsentFact, record_consents
from customers.actions.faults import TEXTS as CUSTOMER_TEXTS
from customers.actions.locks import identity_keys, lock_identities
from customers.actions.matching import Directory, Party
from customers.actions.rows import Writes, next_ids
from customers.actions.timeline import Event, add_events
from customers.models import Customer, EventKind
from customers.rules.faults import Fault
from customers.rules.records import CustomerData
from customers.rules.versions import Fate

TEXTS = {
    "not_yes_no": _("true or false was expected."),
    "unknown_person": _("Nobody here has the e-mail %(value)s."),
    "unknown_order": _("There is no order %(value)s. Push the order first, then the inquiry again."),
    "not_month": _("“%(value)s” is not a month. Expected, for example: 2026-11."),
    "unknown_channel": _("There is no channel with the code %(value)s; make it first."),
    "spend_repeated": _("An earlier row names the same channel, month and kind."),
    "inquiry_repeated": _("The same inquiry stands earlier in this batch, in row %(first)s."),
}


@dataclass(frozen=True, slots=True)
class InquiryResult:
    """What became of one inquiry; `faults` says why if it was refused."""

    inquiry_id: int | None
    customer_id: int | None
    fate: Fate
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True, eq=False)
class Entry:
    """One inquiry on its way into the database."""

    data: InquiryData
    stored: Row | None = None
    row: Row | None = None
    party: Party | None = None
    faults: list[Fault] = field(default_factory=list)
    is_changed: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.data.source, self.data.external_id


def inquiry_fault_text(fault: Fault) -> str:
    """The sentence for a fault of an inquiry, in the language in force."""
    return str(TEXTS.get(fault.code) or CUSTOMER_TEXTS[fault.code]) % fault.params


@transaction.atomic
def record_inquiries(*, inquiries: Sequence[InquiryData], now: datetime) -> list[InquiryResult]:
    """Record a batch in one transaction; the result of each, in their order.

    Idempotent on (source, external id): told again, what is told goes over what is stored. The customer is
    found by external id, phone, e-mail; somebody unknown becomes one by `makes_customer`. Writes inquiries,
    customers, consents and timeline events. A refused inquiry leaves the others alone.
    """
    entries = [Entry(data) for data in inquiries]
    _refuse_repeated(entries)
    lock_identities(key for entry in entries for key in _keys(entry))
    _load_stored(entries)
    _fill(entries)
    directory = _match(_open(entries))
    _write(entries, directory, now)
    return [_result(entry) for entry in entries]


def _open(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if not entry.faults]


def _refuse_repeated(entries: Sequence[Entry]) -> None:
    first: dict[tuple[str, str], int] = {}
    for index, entry in enumerate(entries):
        if entry.data.external_id and (earlier := first.setdefault(entry.key, index)) != index:
            entry.faults.append(Fault("external_id", "inquiry_repeated", {"first": earlier}))


def _keys(entry: Entry) -> list[str]:
    keys = identity_keys(_person(entry.data))
    return [*keys, "inquiry\0{}\0{}".format(*entry.key)] if entry.data.external_id else keys


def _person(data: InquiryData) -> CustomerData:
    source, external_id = data.customer or (data.source, "")
    return CustomerData(
        source=source,
        external_id=external_id,
        name=data.name,
        language=data.language,
        channel_code=data.channel_code,
        contacts=data.contacts,
    )


def _load_stored(entries: Iterable[Entry]) -> None:
    waiting = {entry.key: entry for entry in _open(entries) if entry.data.external_id}
    for key, row in stored_inquiries(waiting).items():
        waiting[key].stored = row


def _fill(entries: Sequence[Entry]) -> None:
    """Make the rows, with the ids of what they name."""
    codes = {code_parts(entry.data.channel_code)[0] for entry in entries}
    channels = Channel.objects.in_bulk(codes, field_name="code")
    people = people_by_email(entry.data.answered_by for entry in entries)
    orders = orders_by_ref(entry.data.order for entry in entries if entry.data.order)
    for entry in _open(entries):
        entry.faults += _unknown(entry.data, people, orders)
        if not entry.faults:
            data = entry.data
            channel = channels.get(code_parts(data.channel_code)[0])
            names: dict[str, Any] = {
                "channel_id": channel and channel.pk,
                "answered_by_id": people[data.answered_by].pk if data.answered_by else None,
                "order_id": orders[data.order] if data.order else None,
            }
            entry.row = row_of(data, names, entry.stored)


def _unknown(data: InquiryData, people: dict[str, User], orders: dict[tuple[str, str], int]) -> list[Fault]:
    faults = []
    if data.answered_by and data.answered_by not in people:
        faults.append(Fault("answered_by", "unknown_person", {"value": data.answered_by}))
    if data.order and data.order not in orders:
        faults.append(Fault("order", "unknown_order", {"value": ":".join(data.order)}))
    return faults


def _match(entries: Sequence[Entry]) -> Directory:
    known = {entry.stored["customer_id"] for entry in entries if entry.stored and entry.stored["customer_id"]}
    directory = Directory((_person(entry.data) for entry in entries), known)
    for entry in entries:
        entry.party = _party(entry, directory)
    return directory


def _party(entry: Entry, directory: Directory) -> Party | None:
    """Whose the inquiry is: the customer meant, else the one it had, else a new one where it makes one."""
    data, row, person = entry.data, entry.row, _person(entry.data)
    assert row is not None  # noqa: S101
    known = entry.stored["customer_id"] if entry.stored else None
    if row["is_spam"]:
        return directory.parties[known] if known else None
    found = directory.find(person) or (directory.parties[known] if known else None)
    if found is not None:
        return directory.admit(person, data.at, otherwise=known) if data.adds_contacts else found
    is_new = makes_customer(
        told=data.creates_customer,
        kind=row["kind"],
        is_answered=row["is_answered"],
        is_spam=row["is_spam"],
        has_contact=bool(person.contacts or person.external_id),
    )
    return directory.admit(person, data.at) if is_new else None


def _write(entries: Sequence[Entry], directory: Directory, now: datetime) -> None:
    entries = _open(entries)
    new = [entry for entry in entries if entry.stored is None]
    ids = next_ids({Customer: len(directory.new), Inquiry: len(new)})
    directory.name_new(ids[Customer])
    for entry, id_ in zip(new, ids[Inquiry], strict=True):
        _row(entry)["id"] = id_
    _conclude(entries)
    writes = Writes()
    directory.save(now, writes)
    insert_inquiries([(entry.key, _row(entry)) for entry in new], now, writes)
    add_events(events=[event for entry in entries for event in _events(entry)], into=writes)
    writes.send()
    update_inquiries([_row(entry) for entry in entries if entry.stored is not None and entry.is_changed], now)
    record_consents(facts=[fact for entry in entries for fact in _consents(entry)])


def _row(entry: Entry) -> Row:
    assert entry.row is not None  # noqa: S101
    return entry.row


def _conclude(entries: Iterable[Entry]) -> None:
    for entry in entries:
        row = _row(entry)
        row["customer_id"] = entry.party.id if entry.party else None
        row["contact_captured"] = bool(row["phone"] or row["email"] or row["customer_id"])
        entry.is_changed = row != entry.stored


def _events(entry: Entry) -> list[Event]:
    """An inquiry enters the timeline once: when it is first known whose it is."""
    row, before = _row(entry), entry.stored
    if row["customer_id"] is None or (before is not None and before["customer_id"] == row["customer_id"]):
        return []
    data = {"inquiry": row["id"], "kind": row["kind"], "is_answered": row["is_answered"], "line": row["line"]}
    return [(row["customer_id"], EventKind.INQUIRY.value, row["at"], data)]


def _consents(entry: Entry) -> list[ConsentFact]:
    """A consent counts for the address that it came with, if that address is the customer's."""
    party, data = entry.party, entry.data
    if party is None:
        return []
    return [
        ConsentFact(
            party.id,
            consent.channel,
            consent.action,
            consent.at or data.at,
            data.source,
            consent.proof,
            text_version=data.text_version,
        )
        for consent in data.consents
        if (consent.channel, data.address(consent.channel)) in party.contacts
    ]


def _result(entry: Entry) -> InquiryResult:
    if entry.faults:
        return InquiryResult(None, None, Fate.REFUSED, tuple(entry.faults))
    row = _row(entry)
    fate = Fate.CREATED if entry.stored is None else Fate.UPDATED if entry.is_changed else Fate.UNCHANGED
    return InquiryResult(row["id"], row["customer_id"], fate)
