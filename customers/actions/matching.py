"""Finding the customer whom another system means: by its id there, then by phone, then by e-mail."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from customers.actions.erased import ERASED, Remembered, digests_of, is_anybody_erased
from customers.actions.rows import Writes, insert_rows, update_rows
from customers.actions.timeline import Event, add_events
from customers.models import ContactPoint, Customer, CustomerKind, EventKind, ExternalRef
from customers.rules.records import CustomerData

# The order in which contacts are tried. A messenger name is a contact too, but the weakest one.
CHANNEL_ORDER = ("phone", "email", "whatsapp", "telegram")
# From so many people on, asking whether anybody was ever erased is cheaper than hashing what they are known by.
MANY = 100
# Columns that only a push of customers fills.
CARD = ("birthday", "tax_number", "owner_id", "custom")
DETAILS = ("kind", "name", "city", "language", "time_zone", "channel_code")

DETAILS_SQL = "c.id, c.kind, c.name, c.city, c.language, c.time_zone, c.channel_code"
_BY_REF = f"""
    SELECT 'ref', r.source, r.external_id, 0::bigint AS held, {DETAILS_SQL}
    FROM unnest(%s::text[], %s::text[]) k(a, b)
    JOIN customers_externalref r ON r.source = k.a AND r.external_id = k.b
    JOIN customers_customer c ON c.id = r.customer_id"""  # noqa: S608
_BY_CONTACT = f"""
    SELECT 'contact', p.channel, p.value, p.id AS held, {DETAILS_SQL}
    FROM unnest(%s::text[], %s::text[]) k(a, b)
    JOIN customers_contactpoint p ON p.channel = k.a AND p.value = k.b
    JOIN customers_customer c ON c.id = p.customer_id"""  # noqa: S608
_BY_ID = f"SELECT 'id', '', '', 0::bigint AS held, {DETAILS_SQL} FROM customers_customer c WHERE c.id = ANY(%s)"  # noqa: S608
_ERASED = f"""
    SELECT 'erased', e.digest, e.at::text, 0::bigint AS held, {DETAILS_SQL}
    FROM unnest(%s::text[]) k
    JOIN customers_erasedidentity e ON e.digest = k
    JOIN customers_customer c ON c.id = e.customer_id"""  # noqa: S608
_UPDATE = """
    UPDATE customers_customer c
    SET kind = v.kind, name = v.name, city = v.city, language = v.language, time_zone = v.time_zone,
        channel_code = v.channel_code, updated_at = v.at
    FROM (VALUES %s) v(id, kind, name, city, language, time_zone, channel_code, at) WHERE c.id = v.id"""


@dataclass(slots=True, eq=False)
class Party:
    """A customer, known or about to be written, with what this batch adds."""

    id: int
    details: dict[str, str]
    is_new: bool = False
    is_changed: bool = False
    since: datetime | None = None
    contacts: set[tuple[str, str]] = field(default_factory=set)
    new_refs: list[tuple[str, str]] = field(default_factory=list)
    new_contacts: list[tuple[str, str]] = field(default_factory=list)
    # What else is inserted with a new customer: a CARD.
    begun: Any = None

    def learn(self, person: CustomerData, *, overwrite: bool) -> None:
        """Take over details: into blanks, or over what is there."""
        for name in DETAILS:
            told = getattr(person, name)
            if told and self.details[name] != told and (overwrite or not self.details[name]):
                self.details[name] = told
                self.is_changed = True

    @property
    def is_touched(self) -> bool:
        return self.is_changed or bool(self.new_refs or self.new_contacts)


class Directory:
    """The customers whom a batch may mean, loaded in one query; new ones join as the batch is walked."""

    def __init__(
        self,
        people: Iterable[CustomerData],
        customer_ids: Collection[int] = (),
        rows: Iterable[Sequence[Any]] | None = None,
    ) -> None:
        """`rows` are what `directory_statement` of the same people gave, where it was sent already."""
        self.parties: dict[int, Party] = {}
        self.by_ref: dict[tuple[str, str], Party] = {}
        self.by_contact: dict[tuple[str, str], Party] = {}
        self.new: list[Party] = []
        self.remembered = Remembered()
        for kind, first, second, _held, id_, *details in _loaded(people, customer_ids) if rows is None else rows:
            self._take(kind, (first, second), id_, details)

    def _take(self, kind: str, key: tuple[str, str], id_: int, details: list[str]) -> None:
        party = self.parties.get(id_)
        if party is None:
            party = self.parties[id_] = Party(id_, dict(zip(DETAILS, details, strict=True)))
        if kind == "ref":
            self.by_ref[key] = party
        elif kind == "contact":
            party.contacts.add(key)
            self.by_contact.setdefault(key, party)
        elif kind == "erased":
            digest, since = key
            self.remembered.cards[digest] = id_, datetime.fromisoformat(since)
            self.by_ref[ERASED, str(id_)] = party

    def allowed(self, person: CustomerData) -> CustomerData:
        """What of a person may be written down: little of one whose data was erased."""
        if not self.remembered.cards:
            return person
        return self.remembered.allowed(person, is_known=self.find(person) is not None)

    def find(self, person: CustomerData, key: str = "") -> Party | None:
        """The customer meant, if it is known; `key` (external_id, phone, email) has only that looked at."""
        key = "" if person.source == ERASED else key
        if (
            person.external_id
            and key in ("", "external_id")
            and (party := self.by_ref.get((person.source, person.external_id)))
        ):
            return party
        for channel in (key,) if key else CHANNEL_ORDER:
            for contact in person.contacts:
                if contact.channel == channel and (party := self.by_contact.get((channel, contact.value))):
                    return party
        return None

    def admit(
        self,
        person: CustomerData,
        since: datetime,
        *,
        overwrite: bool = False,
        otherwise: int | None = None,
        key: str = "",
    ) -> Party:
        """The customer meant, found (or `otherwise`, if none is) or new, with what was told about them.

        An address that belongs to somebody else stays theirs, and this customer has it too.
        """
        person = self.allowed(person)
        party = self.find(person, "" if person.source == ERASED else key) or (
            self.parties[otherwise] if otherwise else None
        )
        if party is None:
            party = Party(0, dict.fromkeys(DETAILS, ""), is_new=True, since=since)
            self.new.append(party)
        party.learn(person, overwrite=overwrite)
        if party.since is not None:
            party.since = min(party.since, since)
        self._attach(party, person)
        return party

    def _attach(self, party: Party, person: CustomerData) -> None:
        ref = (person.source, person.external_id)
        if person.external_id and ref not in self.by_ref:
            self.by_ref[ref] = party
            party.new_refs.append(ref)
        for contact in person.contacts:
            key = (contact.channel, contact.value)
            if key not in party.contacts:
                party.contacts.add(key)
                party.new_contacts.append(key)
                self.by_contact.setdefault(key, party)

    def name_new(self, ids: Sequence[int]) -> None:
        """Give the new customers their ids."""
        for party, id_ in zip(self.new, ids, strict=True):
            party.id = id_

    def save(self, now: datetime, into: Writes) -> None:
        """Write the new customers, which have their ids, and what was learnt about the others."""
        self.remembered.forget_lifted()
        touched = [*self.new, *(party for party in self.parties.values() if party.is_touched)]
        _insert_customers(self.new, now, into)
        # A new address changes the customer too: whoever asks what changed since must hear of it.
        _update_customers([party for party in touched if not party.is_new], now)
        refs = [(party.id, *ref) for party in touched for ref in party.new_refs]
        insert_rows(ExternalRef, ("customer_id", "source", "external_id"), refs, into=into)
        added = str(now)
        contacts = [(party.id, *key, "valid", added) for party in touched for key in party.new_contacts]
        columns = ("customer_id", "channel", "value", "status", "created_at")
        insert_rows(ContactPoint, columns, contacts, into=into)
        add_events(events=[event for party in touched for event in _events(party, now)], into=into)


def directory_statement(people: Iterable[CustomerData], customer_ids: Collection[int]) -> tuple[str, list[Any]]:
    """What finds the customers whom people may mean, to be ordered by `held`, and its parameters; "" for nobody."""
    people = list(people)
    refs = {(p.source, p.external_id) for p in people if p.external_id}
    contacts = {(c.channel, c.value) for p in people for c in p.contacts}
    parts, params = [], []
    for statement, keys in ((_BY_REF, refs), (_BY_CONTACT, contacts)):
        if keys:
            parts.append(statement)
            params += [list(column) for column in zip(*keys, strict=True)]
    if (len(people) < MANY or is_anybody_erased()) and (digests := digests_of(people)):
        parts.append(_ERASED)
        params.append(digests)
    if customer_ids:
        parts.append(_BY_ID)
        params.append(list(customer_ids))
    return " UNION ALL ".join(parts), params


def _loaded(people: Iterable[CustomerData], customer_ids: Collection[int]) -> list[tuple[Any, ...]]:
    statement, params = directory_statement(people, customer_ids)
    if not statement:
        return []
    with connection.cursor() as cursor:
        # Whoever had an address first is found by it.
        cursor.execute(statement + " ORDER BY held", params)
        return cursor.fetchall()


def _insert_customers(parties: list[Party], now: datetime, into: Writes) -> None:
    columns = ("id", *DETAILS, "created_at", "updated_at")
    plain = [_new_row(party, now) for party in parties if party.begun is None]
    insert_rows(Customer, columns, plain, into=into)
    begun = [(*_new_row(party, now), *party.begun.columns()) for party in parties if party.begun is not None]
    insert_rows(Customer, (*columns, *CARD), begun, nullable=("birthday", "owner_id"), into=into)


def _new_row(party: Party, now: datetime) -> tuple[Any, ...]:
    details = {**party.details, "kind": party.details["kind"] or CustomerKind.PERSON.value}
    return party.id, *details.values(), now, now


def _update_customers(parties: list[Party], now: datetime) -> None:
    rows = [(party.id, *party.details.values(), now) for party in parties]
    update_rows(_UPDATE, rows, "(%s, %s, %s, %s, %s, %s, %s, %s::timestamptz)")


def _events(party: Party, now: datetime) -> list[Event]:
    if party.is_new:
        sources = sorted({source for source, _id in party.new_refs})
        since = party.since or now
        return [(party.id, EventKind.CUSTOMER_CREATED.value, min(since, now), {"sources": sources})]
    return [
        (party.id, EventKind.CONTACT_ADDED.value, now, {"channel": channel, "value": value})
        for channel, value in party.new_contacts
    ]
