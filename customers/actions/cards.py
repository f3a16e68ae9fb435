"""What a push of customers tells of their cards: own fields, owners, tags, addresses, contact persons."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from core.models import User
from core.roles import Role
from customers.actions.matching import Party
from customers.actions.rows import update_rows
from customers.actions.timeline import Event, add_events
from customers.models import EventKind
from customers.rules.custom_fields import changed
from customers.rules.records import AddressData, CardData, CustomerData, PersonData

_STORED = """
    SELECT id, birthday, tax_number, owner_id, custom FROM customers_customer WHERE id = ANY(%s)"""
_UPDATE = """
    UPDATE customers_customer c
    SET birthday = v.birthday, tax_number = v.tax_number, owner_id = v.owner_id, custom = v.custom, updated_at = v.at
    FROM (VALUES %s) v(id, birthday, tax_number, owner_id, custom, at) WHERE c.id = v.id"""
_UPDATE_ROW = "(%s, %s::date, %s, %s::bigint, %s::jsonb, %s::timestamptz)"
_NEW_TAGS = "INSERT INTO customers_tag (name) VALUES %s ON CONFLICT (lower(name)) DO NOTHING"
_TAGS = "SELECT t.told, g.id FROM unnest(%s::text[]) t(told) JOIN customers_tag g ON lower(g.name) = lower(t.told)"
_PUT_TAGS = """
    INSERT INTO customers_customertag (customer_id, tag_id, by_id, at) VALUES %s
    ON CONFLICT (customer_id, tag_id) DO NOTHING RETURNING customer_id"""
_PUT_ADDRESSES = """
    INSERT INTO customers_address AS a (customer_id, kind, line, city, postcode, country) VALUES %s
    ON CONFLICT (customer_id, kind, line, city) DO UPDATE
    SET postcode = coalesce(nullif(excluded.postcode, ''), a.postcode),
        country = coalesce(nullif(excluded.country, ''), a.country)
    WHERE (excluded.postcode NOT IN ('', a.postcode)) OR (excluded.country NOT IN ('', a.country))
    RETURNING customer_id"""
_RENEW_PEOPLE = """
    UPDATE customers_contactperson p
    SET role = coalesce(nullif(v.role, ''), p.role), note = coalesce(nullif(v.note, ''), p.note)
    FROM (VALUES %s) v(customer_id, name, role, note)
    WHERE p.customer_id = v.customer_id AND p.name = v.name
      AND (v.role NOT IN ('', p.role) OR v.note NOT IN ('', p.note)) RETURNING p.customer_id"""
_ADD_PEOPLE = """
    INSERT INTO customers_contactperson (customer_id, name, role, note)
    SELECT v.* FROM (VALUES %s) v(customer_id, name, role, note)
    WHERE NOT EXISTS (SELECT FROM customers_contactperson p WHERE p.customer_id = v.customer_id AND p.name = v.name)
    RETURNING customer_id"""


@dataclass(frozen=True, slots=True)
class Told:
    """A card told of a customer."""

    party: Party
    card: CardData


def owners_by_email(people: Iterable[CustomerData]) -> dict[str, int]:
    """The ids of the owners that are named, by e-mail; who cannot own a customer is left out."""
    emails = {person.card.owner for person in people if person.card and person.card.owner}
    if not emails:
        return {}
    users = User.objects.filter(email__in=emails, is_active=True).exclude(role=Role.INTEGRATION)
    return {email.lower(): pk for pk, email in users.values_list("pk", "email")}


def write_cards(*, told: Sequence[Told], owners: dict[str, int], by: User | None, now: datetime) -> set[int]:
    """Take over what is told; returns the ids of the customers in whose cards something changed."""
    if not told:
        return set()
    touched = _write_details(told, owners, by, now)
    touched |= _put_tags([(each.party.id, tag) for each in told for tag in each.card.tags], by, now)
    touched |= _put_addresses([(each.party.id, address) for each in told for address in each.card.addresses])
    return touched | _put_people([(each.party.id, person) for each in told for person in each.card.people])


def begin_cards(*, told: Sequence[Told], owners: dict[str, int]) -> None:
    """Let customers who are new be inserted with what is told of them, instead of being changed at once."""
    for each in told:
        if each.party.is_new:
            begun = each.party.begun or BLANK
            each.party.begun = begun.with_card(each.card, owners)


def _write_details(told: Sequence[Told], owners: dict[str, int], by: User | None, now: datetime) -> set[int]:
    known = [each for each in told if not each.party.is_new]
    if not known:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(_STORED, [[each.party.id for each in known]])
        before = {
            id_: Details(birthday, tax_number, owner_id, json.loads(custom))
            for id_, birthday, tax_number, owner_id, custom in cursor.fetchall()
        }
    after = dict(before)
    for each in known:
        after[each.party.id] = after[each.party.id].with_card(each.card, owners)
    new = {id_: details for id_, details in after.items() if details != before[id_]}
    update_rows(_UPDATE, [(id_, *details.columns(), now) for id_, details in new.items()], _UPDATE_ROW)
    handed = {id_ for id_, details in new.items() if details.owner_id != before[id_].owner_id}
    events: list[Event] = [
        (id_, EventKind.OWNER_CHANGED.value, now, _handed(before[id_], new[id_], by)) for id_ in sorted(handed)
    ]
    add_events(events=events)
    return set(new)


def _handed(before: "Details", after: "Details", by: User | None) -> dict[str, Any]:
    return {"from": before.owner_id, "to": after.owner_id, "by": by and by.pk}


@dataclass(frozen=True)
class Details:
    """What lies in columns of the customer."""

    birthday: date | None
    tax_number: str
    owner_id: int | None
    custom: dict[str, Any]

    def with_card(self, card: CardData, owners: dict[str, int]) -> "Details":
        """What is told goes over what is there; what is not told stays."""
        return Details(
            card.birthday or self.birthday,
            card.tax_number or self.tax_number,
            owners.get(card.owner, self.owner_id),
            changed(self.custom, card.custom),
        )

    def columns(self) -> tuple[Any, ...]:
        """As they are written down."""
        return self.birthday, self.tax_number, self.owner_id, json.dumps(self.custom)


BLANK = Details(None, "", None, {})


def _put_tags(told: list[tuple[int, str]], by: User | None, now: datetime) -> set[int]:
    if not told:
        return set()
    names = dict.fromkeys(name for _id, name in told)
    known = _tag_ids(names)
    # In order: two transactions that make the same tags wait for each other, not in a ring.
    missing = [(name,) for name in sorted((name for name in names if name not in known), key=str.lower)]
    if missing:
        with connection.cursor() as cursor:
            execute_values(cursor.cursor, _NEW_TAGS, missing)
        known = _tag_ids(names)
    rows = dict.fromkeys((id_, known[name], by and by.pk, now) for id_, name in told)
    return _returned(_PUT_TAGS, list(rows))


def _tag_ids(names: Iterable[str]) -> dict[str, int]:
    """The tag of each name told, whatever its letters' case: as the database sees it."""
    with connection.cursor() as cursor:
        cursor.execute(_TAGS, [list(names)])
        return dict(cursor.fetchall())


def _put_addresses(told: list[tuple[int, AddressData]]) -> set[int]:
    rows = {(id_, a.kind, a.line, a.city): (a.postcode, a.country) for id_, a in told}
    return _returned(_PUT_ADDRESSES, [(*key, *rest) for key, rest in rows.items()])


def _put_people(told: list[tuple[int, PersonData]]) -> set[int]:
    rows = list({(id_, person.name): (id_, person.name, person.role, person.note) for id_, person in told}.values())
    return _returned(_RENEW_PEOPLE, rows) | _returned(_ADD_PEOPLE, rows)


def _returned(statement: str, rows: Sequence[Sequence[Any]]) -> set[int]:
    """Run a statement over rows; the customers whose rows it changed."""
    if not rows:
        return set()
    with connection.cursor() as cursor:
        found = execute_values(cursor.cursor, statement, rows, page_size=1000, fetch=True)
    return {id_ for (id_,) in found}
