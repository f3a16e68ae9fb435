"""Recording customers that another system knows, apart from any order."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from core.models import User
from customers.actions.cards import Told, begin_cards, owners_by_email, write_cards
from customers.actions.consents import ConsentFact, record_consents
from customers.actions.faults import as_error
from customers.actions.locks import identity_keys, lock_identities
from customers.actions.matching import Directory, Party
from customers.actions.rows import Writes, next_ids
from customers.actions.timeline import mark_stale
from customers.models import Customer
from customers.rules.contacts import CHANNELS
from customers.rules.faults import Fault
from customers.rules.records import CustomerData
from customers.rules.versions import Fate


@dataclass(frozen=True, slots=True)
class CustomerResult:
    """What became of one pushed customer; `faults` says why if it was refused, and the id is 0 then."""

    customer_id: int
    fate: Fate
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True, eq=False)
class Entry:
    """One customer on the way into the base."""

    person: CustomerData
    faults: tuple[Fault, ...] = ()
    is_created: bool = False
    party: Party = field(init=False)


def record_customer(*, customer: CustomerData, now: datetime, by: User | None = None) -> CustomerResult:
    """Create the customer or add what is told to the one it is; what is told wins, what is not stays.

    Raises InvalidInput for an owner who does not work here.
    """
    result = record_customers(customers=[customer], now=now, by=by)[0]
    if result.fate == Fate.REFUSED:
        raise as_error(result.faults)
    return result


@transaction.atomic
def record_customers(
    *, customers: Sequence[CustomerData], now: datetime, mode: str = "both", key: str = "", by: User | None = None
) -> list[CustomerResult]:
    """Record a batch in one transaction; the result of each, in their order. A refused one leaves the others alone.

    `mode` create or update leaves the others alone, refused as `known_already` or `not_known_yet`; `key`
    (external_id, phone, email) is then all that a customer is known by.
    """
    entries = [Entry(person) for person in customers]
    owners = owners_by_email(customers)
    for entry in entries:
        entry.faults = tuple(_faults(entry.person, owners, key))
    lock_identities(lock for entry in _open(entries) for lock in identity_keys(entry.person))
    directory = Directory([entry.person for entry in _open(entries)])
    for entry in _open(entries):
        entry.person = directory.allowed(entry.person)
        _admit(entry, directory, now, mode, key)
    changed = _write(_open(entries), directory, owners, by, now)
    return [_result(entry, changed) for entry in entries]


def _open(entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in entries if not entry.faults]


def _faults(person: CustomerData, owners: dict[str, int], key: str) -> Iterator[Fault]:
    owner = person.card.owner if person.card else ""
    if owner and owner not in owners:
        yield Fault("owner", "unknown_person", {"value": owner})
    if (key == "external_id" and not person.external_id) or (
        key in CHANNELS and not any(contact.channel == key for contact in person.contacts)
    ):
        yield Fault(key, "required")


def _admit(entry: Entry, directory: Directory, now: datetime, mode: str, key: str) -> None:
    is_known = mode != "both" and directory.find(entry.person, key) is not None
    if mode == "create" and is_known:
        entry.faults = (Fault("", "known_already"),)
    elif mode == "update" and not is_known:
        entry.faults = (Fault("", "not_known_yet"),)
    else:
        before = len(directory.new)
        entry.party = directory.admit(entry.person, now, overwrite=True, key=key)
        entry.is_created = len(directory.new) > before


def _write(
    entries: list[Entry], directory: Directory, owners: dict[str, int], by: User | None, now: datetime
) -> set[int]:
    """Returns the customers to whom more came than `party.is_touched` tells."""
    cards = [Told(entry.party, entry.person.card) for entry in entries if entry.person.card]
    begin_cards(told=cards, owners=owners)
    directory.name_new(next_ids({Customer: len(directory.new)})[Customer])
    writes = Writes()
    directory.save(now, writes)
    writes.send()
    changed = write_cards(told=cards, owners=owners, by=by, now=now)
    changed |= record_consents(facts=[fact for entry in entries for fact in _consents(entry, now)])
    # The kind decides whose thresholds apply, and orders may lie there already.
    moved = {entry.party.id for entry in entries if entry.party.is_changed and not entry.party.is_new}
    mark_stale(customer_ids=moved, at=now)
    return changed


def _result(entry: Entry, changed: set[int]) -> CustomerResult:
    if entry.faults:
        return CustomerResult(0, Fate.REFUSED, entry.faults)
    fate = Fate.CREATED if entry.is_created else _fate(entry.party.is_touched or entry.party.id in changed)
    return CustomerResult(entry.party.id, fate)


def _fate(is_changed: bool) -> Fate:
    return Fate.UPDATED if is_changed else Fate.UNCHANGED


def _consents(entry: Entry, now: datetime) -> list[ConsentFact]:
    return [
        ConsentFact(
            entry.party.id,
            consent.channel,
            consent.action,
            consent.at or now,
            entry.person.source,
            consent.proof,
            is_dated=consent.at is not None,
            text_version=consent.text_version,
        )
        for consent in entry.person.consents
    ]
