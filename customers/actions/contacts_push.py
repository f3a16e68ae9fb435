"""Addresses that other systems tell of: one or a thousand, in the same number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction

from core.models import User
from customers.actions.locks import lock_identities
from customers.actions.naming import named_customers
from customers.actions.outcomes import Outcome, refusal, repeats
from customers.actions.timeline import add_events
from customers.models import ContactPoint, ContactStatus, Customer, EventKind
from customers.rules.contact_rows import ContactRow
from customers.rules.versions import Fate

# Customer, channel, address.
Key = tuple[int, str, str]


@transaction.atomic
def record_contacts(*, contacts: Sequence[ContactRow], now: datetime, user: User | None = None) -> list[Outcome]:
    """Record addresses of known customers, and their states; the outcome of each, in their order.

    A state that is not told stays; an address that is new is valid. With `user`, customers that the user may
    not see are unknown. Nothing is written to a customer whose personal data was erased.
    """
    lock_identities(f"{row.channel}\0{row.value}" for row in contacts)
    customers = named_customers(names=[row.named for row in contacts], user=user)
    refused = _objections(customers)
    keys = [_key(row, customer_id) for row, customer_id in zip(contacts, customers, strict=True)]
    for place, first in repeats([None if place in refused else key for place, key in enumerate(keys)]).items():
        refused[place] = refusal("value", "repeated_in_batch", first=first)
    told = {key: row for place, (key, row) in enumerate(zip(keys, contacts, strict=True)) if place not in refused}
    outcomes = _record(told, now)
    return [refused[place] if place in refused else outcomes[key] for place, key in enumerate(keys)]


def _key(row: ContactRow, customer_id: int | None) -> Key:
    return customer_id or 0, row.channel, row.value


def _objections(customers: Sequence[int | None]) -> dict[int, Outcome]:
    known = [customer_id for customer_id in customers if customer_id is not None]
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=known).order_by("pk")
    erased = dict(rows.values_list("pk", "erased_at"))
    refused = {}
    for place, customer_id in enumerate(customers):
        if customer_id is None:
            refused[place] = refusal("customer", "unknown_customer")
        elif erased.get(customer_id) is not None:
            refused[place] = refusal("customer", "customer_erased")
    return refused


def _record(told: Mapping[Key, ContactRow], now: datetime) -> dict[Key, Outcome]:
    stored = _stored(told)
    made = {
        key: ContactPoint(
            customer_id=key[0], channel=key[1], value=key[2], status=row.status or ContactStatus.VALID, updated_at=now
        )
        for key, row in told.items()
        if key not in stored
    }
    ContactPoint.objects.bulk_create(made.values())
    changed = [key for key, point in stored.items() if told[key].status not in ("", point.status)]
    for key in changed:
        stored[key].status, stored[key].updated_at = told[key].status, now
    ContactPoint.objects.bulk_update([stored[key] for key in changed], ["status", "updated_at"])
    Customer.objects.filter(pk__in={key[0] for key in (*made, *changed)}).update(updated_at=now)
    add_events(
        events=[
            (customer_id, EventKind.CONTACT_ADDED.value, now, {"channel": channel, "value": value})
            for customer_id, channel, value in made
        ]
    )
    fates = dict.fromkeys(stored, Fate.UNCHANGED) | dict.fromkeys(changed, Fate.UPDATED)
    return {key: Outcome(fates.get(key, Fate.CREATED), point.pk, key[0]) for key, point in (stored | made).items()}


def _stored(keys: Iterable[Key]) -> dict[Key, ContactPoint]:
    wanted = set(keys)
    points = ContactPoint.objects.filter(
        customer_id__in={customer_id for customer_id, _channel, _value in wanted},
        value__in={value for _customer_id, _channel, value in wanted},
    )
    rows = {(point.customer_id, point.channel, point.value): point for point in points}
    return {key: point for key, point in rows.items() if key in wanted}
