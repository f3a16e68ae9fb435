"""Writing who opened whose contacts, and the one list that was taken out."""

import json
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db.models import QuerySet

from core.models import User
from customers.actions.guard import record_export
from customers.models import AccessEntry, AccessKind, ContactPoint, Customer
from demo.actions.accounts import farmers, person
from demo.actions.copying import copy_columns
from demo.actions.story import Story
from demo.rules.reading import AGENT, OFFICE, Opening, draw_evening, draw_month

# A farmer works with the telephone; of a large base, with the newest of it.
MOST_CONTACTS = 2000
CURIOUS = "farmer4"


@dataclass(frozen=True)
class Contact:
    """One phone: its id, whose it is, and who looks after them."""

    id: int
    customer: int
    owner: int | None


def write_readings(story: Story) -> None:
    """Write a month of openings of everybody who has customers, and one evening of curiosity."""
    rng = story.stream("reading")
    weekday = story.calendar.first.weekday()
    found: list[tuple[User, Contact, Opening]] = []
    readers = [*farmers(), person("hunter")]
    for reader in readers:
        own = _phones(Customer.objects.filter(owner=reader))
        found += [(reader, own[each.place], each) for each in draw_month(rng, len(own), weekday, story.end)]
    curious = person(CURIOUS)
    seen = _phones(Customer.objects.for_user(curious))
    found += [(curious, seen[each.place], each) for each in draw_evening(rng, len(seen), story.end)]
    _copy(story, sorted(found, key=lambda row: (row[2].moment, row[0].pk)))


def _phones(customers: QuerySet[Customer]) -> list[Contact]:
    points = ContactPoint.objects.filter(channel="phone", customer__in=customers).order_by("customer_id", "pk")
    return [Contact(*row) for row in points.values_list("pk", "customer_id", "customer__owner_id")[:MOST_CONTACTS]]


def _copy(story: Story, found: list[tuple[User, Contact, Opening]]) -> None:
    details = [
        {"contact": contact.id, "channel": "phone", "own": contact.owner == reader.pk}
        for reader, contact, _opening in found
    ]
    copy_columns(
        AccessEntry,
        len(found),
        by_id=[reader.pk for reader, _contact, _opening in found],
        kind=AccessKind.CONTACT.value,
        at=story.clock.texts(np.array([opening.moment for *_who, opening in found], dtype=np.int64)),
        customer_id=[contact.customer for _reader, contact, _opening in found],
        customers="1",
        detail=[json.dumps(detail) for detail in details],
        ip=[opening.ip for *_who, opening in found],
        agent=[opening.agent for *_who, opening in found],
        mark="",
    )


def take_list_out(story: Story) -> None:
    """The manager took the list of customers of one city out, with the reason and the mark."""
    chosen = Customer.objects.filter(city="Казань").count()
    record_export(
        by=person("manager"),
        what="customers",
        customers=chosen,
        reason="Приглашения на дегустацию в Казани",
        detail={"format": "xlsx", "contacts": True, "columns": ["name", "phone", "email"], "filters": "city=Казань"},
        at=story.moment_of_end - timedelta(days=2, hours=9),
        ip=OFFICE,
        agent=AGENT,
    )
