"""People whose data was erased, met again in what other systems tell."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from customers.models import ErasedIdentity
from customers.queries.personal import identity_key
from customers.rules.identities import CONTACT, REF, identity_digest
from customers.rules.records import ContactData, CustomerData

# A source that nobody can send, for the readers refuse NUL: such a customer stands for the card of the number.
ERASED = "\0"


@dataclass
class Remembered:
    """The erased identities that a batch of people may mean: whose each is, and since when."""

    cards: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    lifted: set[str] = field(default_factory=set)

    def allowed(self, person: CustomerData, *, is_known: bool) -> CustomerData:
        """What of a person may be written down.

        Under an erased id elsewhere, or an erased address of nobody else, nothing but the card itself; of a customer
        known by something else, all but the erased addresses. A consent given after the erasure allows everything.
        """
        if not self.cards or person.source == ERASED:
            return person
        digests = [digest for digest in digests_of([person]) if digest in self.cards]
        if not digests:
            return person
        card, since = self.cards[digests[0]]
        if any(c.action == "granted" and c.at is not None and c.at > since for c in person.consents):
            self.lifted.update(digests)
            return person
        if is_known and ref_digest(person) not in self.cards:
            return replace(person, contacts=tuple(c for c in person.contacts if contact_digest(c) not in self.cards))
        return CustomerData(source=ERASED, external_id=str(card))

    def forget_lifted(self) -> None:
        """What was allowed again is no longer held against anybody."""
        if self.lifted:
            ErasedIdentity.objects.filter(digest__in=self.lifted).delete()


def digests_of(people: Iterable[CustomerData]) -> list[str]:
    """Hashes of everything by which the people are known, the ids elsewhere first."""
    people = list(people)
    refs = [ref_digest(person) for person in people if person.external_id]
    return refs + [contact_digest(contact) for person in people for contact in person.contacts]


def is_anybody_erased() -> bool:
    """Whether there is any erased identity at all."""
    return ErasedIdentity.objects.exists()


def ref_digest(person: CustomerData) -> str:
    return identity_digest(identity_key(), REF, person.source, person.external_id)


def contact_digest(contact: ContactData) -> str:
    return identity_digest(identity_key(), CONTACT, contact.channel, contact.value)


def lift_erasure(*, contacts: Iterable[ContactData]) -> None:
    """The people behind these addresses have agreed anew: what comes in under them is written down again."""
    ErasedIdentity.objects.filter(digest__in=[contact_digest(contact) for contact in contacts]).delete()
