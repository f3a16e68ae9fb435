"""What a card holds beside who the customer is: read from a decoded JSON object, or a mapped row of a file."""

from collections.abc import Mapping
from datetime import date

from customers.rules.custom_fields import FieldSpec, Value, read_custom
from customers.rules.fields import Fields
from customers.rules.records import ADDRESS_KINDS, AddressData, CardData, PersonData
from customers.rules.tax_numbers import normalise_tax_number

MOST_TAGS = 50
MOST_ADDRESSES = 20
MOST_PEOPLE = 50
EARLIEST_BIRTH = 1900


def read_card(fields: Fields, own: Mapping[str, FieldSpec]) -> CardData | None:
    """The card of the customer that the fields tell of, or None if nothing of it is told."""
    addresses = tuple(_address(item) for item in fields.items("addresses", MOST_ADDRESSES))
    card = CardData(
        birthday=_birthday(fields),
        tax_number=_tax_number(fields, addresses),
        owner=fields.text("owner", 254).lower(),
        custom=_custom(fields, own),
        tags=tuple(_tags(fields)),
        addresses=addresses,
        people=tuple(_person(item) for item in fields.items("people", MOST_PEOPLE)),
    )
    return card if card != CardData() else None


def _birthday(fields: Fields) -> date | None:
    day = fields.day("birthday")
    if day is not None and day.year < EARLIEST_BIRTH:
        fields.fail("birthday", "moment_out_of_range", earliest=EARLIEST_BIRTH)
    return day


def _tax_number(fields: Fields, addresses: tuple[AddressData, ...]) -> str:
    """By the country where the customer is registered, the company's own where that is not told."""
    raw = fields.text("tax_number", 30)
    if not raw:
        return ""
    country = next((each.country for each in addresses if each.kind == "legal" and each.country), fields.company.region)
    number = normalise_tax_number(raw, country)
    if number is None:
        fields.fail("tax_number", "bad_tax_number", value=raw)
    return number or ""


def _custom(fields: Fields, own: Mapping[str, FieldSpec]) -> dict[str, Value | None]:
    if fields.data.get("custom") is None:
        return {}
    values, faults = read_custom(own, fields.data["custom"])
    for fault in faults:
        fields.fail(fault.field, fault.code, **fault.params)
    return values


def _tags(fields: Fields) -> list[str]:
    told = fields.data.get("tags")
    if told is None:
        return []
    if not isinstance(told, list):
        fields.fail("tags", "not_list")
        return []
    if len(told) > MOST_TAGS:
        fields.fail("tags", "too_many", limit=MOST_TAGS, count=len(told))
        return []
    named = Fields(
        {str(place): tag for place, tag in enumerate(told)}, fields.company, fields.faults, f"{fields.path}tags."
    )
    names = [named.text(str(place), 60) for place in range(len(told))]
    return list({name.lower(): name for name in reversed(names) if name}.values())[::-1]


def _address(fields: Fields) -> AddressData:
    fields.only(frozenset(("kind", "country", "postcode", "city", "line")))
    country = fields.text("country", 2).upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        fields.fail("country", "bad_country", value=country)
    return AddressData(
        kind=fields.choice("kind", ADDRESS_KINDS, "delivery"),
        line=fields.text("line", 500, required=True),
        city=fields.text("city", 200),
        postcode=fields.text("postcode", 20),
        country=country,
    )


def _person(fields: Fields) -> PersonData:
    fields.only(frozenset(("name", "role", "note")))
    return PersonData(
        name=fields.text("name", 300, required=True), role=fields.text("role", 100), note=fields.text("note", 500)
    )
