"""Recording customers that another system knows, apart from any order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from customers.actions.consents import ConsentFact, record_consents
from customers.actions.locks import identity_keys, lock_identities
from customers.actions.matching import Directory, Party
from customers.actions.rows import Writes, next_ids
from customers.actions.timeline import mark_stale
from customers.models import Customer
from customers.rules.records import CustomerData
from customers.rules.versions import Fate


@dataclass(frozen=True, slots=True)
class CustomerResult:
    """What became of one pushed customer."""

    customer_id: int
    fate: Fate


def record_customer(*, customer: CustomerData, now: datetime) -> CustomerResult:
    """Create the customer or add what is told to the one it is; what is told wins, what is not stays."""
    return record_customers(customers=[customer], now=now)[0]


@transaction.atomic
def record_customers(*, customers: Sequence[CustomerData], now: datetime) -> list[CustomerResult]:
    """Record a batch in one transaction; the result of each, in their order."""
    lock_identities(key for person in customers for key in identity_keys(person))
    directory = Directory(customers)
    parties, fates = [], []
    for person in customers:
        before = len(directory.new)
        party = directory.admit(person, now, overwrite=True)
        parties.append(party)
        fates.append(Fate.CREATED if len(directory.new) > before else None)
    directory.name_new(next_ids({Customer: len(directory.new)})[Customer])
    writes = Writes()
    directory.save(now, writes)
    writes.send()
    consents = [_consents(party, person, now) for party, person in zip(parties, customers, strict=True)]
    consenting = record_consents(facts=[fact for facts in consents for fact in facts])
    # The kind decides whose thresholds apply, and orders may lie there already.
    mark_stale(customer_ids={party.id for party in parties if party.is_changed and not party.is_new}, at=now)
    return [
        CustomerResult(party.id, fate or _fate(party.is_touched or party.id in consenting))
        for party, fate in zip(parties, fates, strict=True)
    ]


def _fate(is_changed: bool) -> Fate:
    return Fate.UPDATED if is_changed else Fate.UNCHANGED


def _consents(party: Party, person: CustomerData, now: datetime) -> list[ConsentFact]:
    return [
        ConsentFact(party.id, c.channel, c.action, c.at or now, person.source, c.proof, is_dated=c.at is not None)
        for c in person.consents
    ]
