"""Companies' papers and people, own fields and tags, promises, and cards that were written down twice."""

from datetime import datetime, time, timedelta
from typing import Any

import numpy as np

from customers.actions import add_events
from customers.actions.obligations import event_of
from customers.models import (
    Address,
    AddressKind,
    ContactPerson,
    ContactPoint,
    Customer,
    CustomerKind,
    CustomerTag,
    CustomField,
    ExternalRef,
    FieldKind,
    Obligation,
    Order,
    OrderStatus,
    Tag,
)
from demo.actions.accounts import person
from demo.actions.story import Story
from demo.rules import relations, words
from touches.actions import follow_promises

PORTION = 2000
FIELDS: tuple[tuple[str, str, str, list[str]], ...] = (
    ("machine", "Кофемашина", FieldKind.CHOICE, list(relations.MACHINES)),
    ("kg_month", "Килограммов в месяц", FieldKind.NUMBER, []),
    ("contract_until", "Договор до", FieldKind.DATE, []),
    ("own_roast", "Своя обжарка", FieldKind.YES_NO, []),
)
PROMISED_DAYS = 365
NOON = time(12)
PROMISES = 900
TWICE_SHARE = 0.008


def write_relations(story: Story) -> None:
    """Write what the card shows beside the orders; the same story gives the same rows."""
    rng = story.stream("relations")
    companies = list(Customer.objects.filter(kind=CustomerKind.COMPANY).order_by("pk"))
    _describe_companies(rng, companies, story)
    _describe_people(rng, story)
    _tag(rng, companies, story.moment_of_end)
    _promise(rng, story)
    _write_twice(rng, story.moment_of_end)
    follow_promises(today=story.as_of, at=story.moment_of_end)


def _describe_companies(rng: np.random.Generator, companies: list[Customer], story: Story) -> None:
    CustomField.objects.bulk_create(
        CustomField(code=code, name=name, kind=kind, choices=choices, position=place)
        for place, (code, name, kind, choices) in enumerate(FIELDS)
    )
    people: list[ContactPerson] = []
    addresses: list[Address] = []
    for customer in companies:
        customer.tax_number = relations.inn(customer.pk * 7919, is_sole_trader=customer.name.startswith("ИП"))
        customer.custom = _own_fields(rng, story)
        line = f"ул. {relations.STREETS[rng.integers(len(relations.STREETS))]}, д. {rng.integers(1, 90)}"
        addresses.append(
            Address(customer=customer, kind=AddressKind.LEGAL, country="RU", city=customer.city, line=line)
        )
        people += [
            ContactPerson(customer=customer, name=_somebody(rng), role=_one_of(rng, relations.ROLES))
            for _ in range(int(rng.integers(1, 3)))
        ]
    Customer.objects.bulk_update(companies, ["tax_number", "custom"], batch_size=PORTION)
    Address.objects.bulk_create(addresses, batch_size=PORTION)
    ContactPerson.objects.bulk_create(people, batch_size=PORTION)


def _own_fields(rng: np.random.Generator, story: Story) -> dict[str, Any]:
    known: dict[str, Any] = {"machine": _one_of(rng, relations.MACHINES), "kg_month": int(rng.integers(2, 120))}
    if rng.random() < 0.4:
        known["contract_until"] = (story.as_of + timedelta(days=int(rng.integers(-30, 330)))).isoformat()
    if rng.random() < 0.15:
        known["own_roast"] = bool(rng.random() < 0.5)
    return known


def _describe_people(rng: np.random.Generator, story: Story) -> None:
    everybody = Customer.objects.filter(kind=CustomerKind.PERSON).order_by("pk").values_list("pk", flat=True)
    known = [pk for pk in everybody if rng.random() < 0.35]
    born = relations.birthdays(rng, len(known), story.as_of)
    rows = [Customer(pk=pk, birthday=day) for pk, day in zip(known, born, strict=True)]
    Customer.objects.bulk_update(rows, ["birthday"], batch_size=PORTION)


def _tag(rng: np.random.Generator, companies: list[Customer], at: datetime) -> None:
    tags = Tag.objects.bulk_create(Tag(name=name) for name in relations.TAGS)
    by = person("manager")
    rows = [
        CustomerTag(customer=customer, tag=tag, by=by, at=at)
        for customer in companies
        for tag in tags
        if rng.random() < 0.18
    ]
    CustomerTag.objects.bulk_create(rows, batch_size=PORTION)


def _promise(rng: np.random.Generator, story: Story) -> None:
    since = story.as_of - timedelta(days=PROMISED_DAYS)
    orders = Order.objects.filter(customer__kind=CustomerKind.COMPANY, placed_on__gte=since, placed_on__lt=story.as_of)
    alive = list(orders.exclude(status=OrderStatus.CANCELLED).order_by("pk").values("pk", "customer_id", "placed_on"))
    chosen = sorted(rng.permutation(len(alive))[:PROMISES].tolist())
    by, rows = person("manager"), []
    for order in (alive[place] for place in chosen):
        made = relations.promise(rng, order["placed_on"], story.as_of)
        rows.append(
            Obligation(
                customer_id=order["customer_id"],
                order_id=order["pk"],
                kind=made.kind,
                what=made.what,
                due_on=made.due_on,
                state=made.state,
                closed_on=made.closed_on,
                created_by=by,
            )
        )
    Obligation.objects.bulk_create(rows, batch_size=PORTION)
    told = [
        event_of(made, datetime.combine(made.closed_on, NOON, story.moment_of_end.tzinfo))
        for made in rows
        if made.closed_on
    ]
    add_events(events=[event for event in told if event])


def _write_twice(rng: np.random.Generator, end: datetime) -> None:
    """A few customers whom the till wrote down once more, from memory: what the search for doubles is to find."""
    reached = Customer.objects.filter(contact_points__channel="phone").order_by("pk").distinct()
    everybody = list(reached.values("pk", "name", "kind", "city", "tax_number"))
    count = max(6, int(len(everybody) * TWICE_SHARE))
    chosen = sorted(rng.permutation(len(everybody))[:count].tolist())
    phones = dict(
        ContactPoint.objects.filter(channel="phone", customer__in=[everybody[place]["pk"] for place in chosen])
        .order_by("-pk")
        .values_list("customer", "value")
    )
    for number, place in enumerate(chosen):
        known = everybody[place]
        at = end - timedelta(days=10 + 3 * number % 90)
        is_company = known["kind"] == CustomerKind.COMPANY
        twin = Customer.objects.create(
            name=relations.misheard(rng, known["name"]),
            kind=known["kind"],
            city=known["city"],
            tax_number=known["tax_number"] if is_company else "",
            language="ru",
        )
        Customer.objects.filter(pk=twin.pk).update(created_at=at, updated_at=at)
        ExternalRef.objects.create(customer=twin, source="till", external_id=f"K-{number + 1:05d}")
        ContactPoint.objects.create(customer=twin, channel="phone", value=phones[known["pk"]])


def _somebody(rng: np.random.Generator) -> str:
    return f"{_one_of(rng, words.WOMEN)} {_one_of(rng, words.SURNAMES)}а"


def _one_of(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    return choices[int(rng.integers(len(choices)))]
