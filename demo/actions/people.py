"""Writing customers with their addresses, consents and outside ids."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from customers.models import Consent, ContactPoint, Customer, EventKind, ExternalRef, TimelineEvent
from demo.actions.consents import FIRST_VERSION, SECOND_VERSION, text_changed_on
from demo.actions.copying import NULL, copy_columns
from demo.actions.story import Story, Texts
from demo.rules.channels import CODES
from demo.rules.fates import DAY
from demo.rules.people import Identity, identities
from demo.rules.reach import Flags, Reach
from demo.rules.words import CITIES

CHUNK = 50_000
OWNED_FROM_ORDERS = 6
POOL_SHARE = 0.12
PROOF = "Галочка в форме заказа"


@dataclass(frozen=True)
class _Chunk:
    """Customers in a row: their numbers, whose traits each has, what they are called, and when they came."""

    numbers: NDArray[np.int64]
    known: NDArray[np.int64]
    identities: list[Identity]
    created: Texts

    @property
    def ids(self) -> NDArray[np.int64]:
        return self.numbers + 1


def write_people(story: Story, *, farmers: Sequence[int], hunter: int, lean: bool) -> None:
    """COPY all customers in chunks: buyers in the order in which they were won, then leads."""
    owners = np.array([*farmers, hunter, NULL], dtype=object)
    orders = np.bincount(story.purchases.customer, minlength=len(story))
    contacts = 0
    for start in range(0, len(story), CHUNK):
        rng = story.stream("people", start)
        chunk = _chunk(rng, story, np.arange(start, min(start + CHUNK, len(story))))
        _write_customers(story, chunk, owners[_owner(rng, story, chunk, orders, len(farmers))])
        contacts = _write_contacts(story.reach, chunk, contacts)
        _write_consents(story, chunk)
        _write_references(chunk)
        if not lean:
            _write_events(chunk)


def _chunk(rng: np.random.Generator, story: Story, numbers: NDArray[np.int64]) -> _Chunk:
    buyers = len(story.traits)
    # Leads are like some buyer; only nothing was sold to them.
    known = numbers % buyers
    won = story.calendar.day_at(story.traits.won[known]).astype(np.int64) * DAY
    came = (story.end * rng.uniform(0.67, 1, len(numbers))).astype(np.int64)
    created = story.clock.texts(np.where(numbers < buyers, won, came))
    named = list(identities(rng, numbers + 1, story.traits.is_company[known]))
    return _Chunk(numbers, known, named, created)


def _owner(
    rng: np.random.Generator, story: Story, chunk: _Chunk, orders: NDArray[np.int64], farmers: int
) -> NDArray[np.int64]:
    """Place of the owner: a farmer (companies, regular buyers), then the hunter (leads), then the pool."""
    company, bought = story.traits.is_company[chunk.known], orders[chunk.numbers]
    kept = (bought > 0) & (company | (bought >= OWNED_FROM_ORDERS))
    kept &= rng.random(len(company)) > POOL_SHARE
    rest = np.where((bought == 0) & company, farmers, farmers + 1)
    return np.where(kept, rng.integers(0, farmers, len(company)), rest)


def _write_customers(story: Story, chunk: _Chunk, owners: Texts) -> None:
    cities = np.array(CITIES, dtype=object)[story.traits.city[chunk.known]]
    copy_columns(
        Customer,
        len(chunk.ids),
        id=chunk.ids,
        kind=np.where(story.traits.is_company[chunk.known], "company", "person"),
        name=[identity.name for identity in chunk.identities],
        owner_id=owners,
        city=cities[:, 0],
        language="ru",
        time_zone=cities[:, 1],
        channel_code=np.array(CODES, dtype=object)[story.traits.channel[chunk.known]],
        created_at=chunk.created,
        updated_at=chunk.created,
    )


def _write_contacts(reach: Reach, chunk: _Chunk, before: int) -> int:
    """Write e-mails and phones. Returns the number of rows so far."""
    ways: tuple[tuple[str, Flags, Callable[[Identity], str]], ...] = (
        ("email", reach.email, lambda identity: identity.email),
        ("phone", reach.phone, lambda identity: identity.phone),
    )
    for channel, reached, value in ways:
        has = reached[chunk.numbers]
        bounced = reach.bounced[chunk.numbers] & (channel == "email")
        count = int(has.sum())
        copy_columns(
            ContactPoint,
            count,
            id=range(before + 1, before + count + 1),
            customer_id=chunk.ids[has],
            channel=channel,
            value=[value(identity) for identity, here in zip(chunk.identities, has, strict=True) if here],
            status=np.where(bounced, "bounced", "valid")[has],
            created_at=chunk.created[has],
        )
        before += count
    return before


def _write_consents(story: Story, chunk: _Chunk) -> None:
    reach, changed_on = story.reach, text_changed_on(story)
    versions = np.where(chunk.created < changed_on, FIRST_VERSION, SECOND_VERSION)
    for channel, allowed in (("email", reach.email_consent), ("phone", reach.phone_consent)):
        given = allowed[chunk.numbers]
        copy_columns(
            Consent,
            int(given.sum()),
            customer_id=chunk.ids[given],
            channel=channel,
            action="granted",
            at=chunk.created[given],
            source="shop",
            proof=PROOF,
            text_version=versions[given],
        )


def _write_references(chunk: _Chunk) -> None:
    copy_columns(
        ExternalRef,
        len(chunk.ids),
        customer_id=chunk.ids,
        source="shop",
        external_id=[f"C-{number:07d}" for number in chunk.ids.tolist()],
    )


def _write_events(chunk: _Chunk) -> None:
    copy_columns(
        TimelineEvent,
        len(chunk.ids),
        customer_id=chunk.ids,
        kind=EventKind.CUSTOMER_CREATED.value,
        at=chunk.created,
        data='{"sources": ["shop"]}',
    )
