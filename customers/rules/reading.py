"""From a decoded JSON object (or a mapped row of a file) to an order or a customer that can be recorded."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from customers.rules.cards import read_card
from customers.rules.contacts import CHANNELS, normalise_contact
from customers.rules.custom_fields import FieldSpec
from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.moments import AHEAD
from customers.rules.numbers import MAX_QUANTITY, MAX_RATE, to_minor, to_quantity
from customers.rules.records import (
    CONSENT_ACTIONS,
    KINDS,
    LANGUAGES,
    STATUSES,
    Company,
    ConsentData,
    ContactData,
    CustomerData,
    LineData,
    OrderData,
)

MAX_LINES = 1000
MAX_CONTACTS = 20
NO_FIELDS: Mapping[str, FieldSpec] = MappingProxyType({})
ZERO = Decimal(0)
ONE = Decimal(1)
TIME_ZONES = frozenset(available_timezones())

# fmt: off
CUSTOMER_FIELDS = frozenset((
    "external_id", "kind", "name", "phone", "email", "contacts", "city", "language", "time_zone", "channel",
    "consents",
))
# Of a customer pushed as such; an order tells only who bought.
CARD_FIELDS = frozenset(("tax_number", "birthday", "tags", "custom", "owner", "addresses", "people"))
CONSENT_FIELDS = frozenset(("channel", "action", "at", "proof", "text_version"))
LINE_FIELDS = frozenset((
    "sku", "name", "category", "quantity", "price", "discount", "amount", "cost", "returned_quantity",
    "returned_amount",
))
ORDER_FIELDS = frozenset((
    "source", "external_id", "number", "version", "updated_at", "status", "placed_at", "fulfilled_at",
    "currency", "rate", "total", "discount", "returned", "cost", "promo_code", "channel", "customer", "lines",
))
# fmt: on


def read_order(data: Any, company: Company, now: datetime) -> OrderData:
    """The order that an object tells. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(ORDER_FIELDS)
    source = fields.text("source", 50, required=True)
    placed_at = fields.moment("placed_at")
    if placed_at is None and not faults_on(faults, "placed_at"):
        fields.fail("placed_at", "required")
    currency, rate = _currency(fields)
    lines = tuple(_line(line) for line in fields.items("lines", MAX_LINES))
    total = fields.number("total", None)
    if total is None and not lines and not faults_on(faults, "total", "lines"):
        fields.fail("total", "lines_or_total")
    order = OrderData(
        source=source,
        external_id=fields.text("external_id", 200, required=True),
        placed_at=placed_at or now,
        customer=_customer(fields.inner("customer"), source),
        currency=currency,
        rate=rate,
        status=fields.choice("status", STATUSES, "new"),
        number=fields.text("number", 100),
        version=fields.integer("version"),
        updated_at=fields.moment("updated_at"),
        fulfilled_at=fields.moment("fulfilled_at"),
        total=total,
        discount=fields.number("discount", ZERO),
        returned=fields.number("returned", ZERO),
        cost=fields.number("cost", None),
        promo_code=fields.text("promo_code", 50),
        channel_code=fields.text("channel", 50),
        lines=lines,
    )
    _check_moments(fields, order, now)
    if order.cost is not None and lines:
        fields.fail("cost", "cost_is_on_lines")
    if faults:
        raise Faulty(faults)
    return order


def read_customer(data: Any, company: Company, own: Mapping[str, FieldSpec] = NO_FIELDS) -> CustomerData:
    """The customer that an object tells. `own` are the company's own fields, by code.

    Raises Faulty with every mistake found, by dotted path.
    """
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(CUSTOMER_FIELDS | CARD_FIELDS | {"source"})
    customer = _customer(fields, fields.text("source", 50, required=True))
    card = read_card(fields, own)
    if faults:
        raise Faulty(faults)
    return replace(customer, card=card) if card else customer


def faults_on(faults: list[Fault], *names: str) -> bool:
    """Whether a mistake was noted on one of the fields, or inside it."""
    return any(fault.field.split(".")[0] in names for fault in faults)


def _check_moments(fields: Fields, order: OrderData, now: datetime) -> None:
    for name, moment in (
        ("placed_at", order.placed_at),
        ("updated_at", order.updated_at),
        ("fulfilled_at", order.fulfilled_at),
    ):
        if moment is not None and moment > now + AHEAD:
            fields.fail(name, "in_future")


def _currency(fields: Fields) -> tuple[str, Decimal]:
    base = fields.company.currency
    if not fields.data.get("currency") and not fields.data.get("rate"):
        return base, ONE
    currency = (fields.text("currency", 3) or base).upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        fields.fail("currency", "bad_currency")
    rate = fields.number("rate", None, MAX_RATE)
    if rate is not None and round(rate, 8) <= 0:
        fields.fail("rate", "not_positive")
    if currency == base:
        if rate not in (None, ONE):
            fields.fail("rate", "rate_of_base", currency=base)
        return currency, ONE
    if rate is None and not faults_on(fields.faults, "rate", "currency"):
        fields.fail("rate", "rate_required", currency=currency, base=base)
    return currency, round(rate or ONE, 8)


def _line(fields: Fields) -> LineData:
    fields.only(LINE_FIELDS)
    quantity = to_quantity(fields.number("quantity", ONE, MAX_QUANTITY))
    returned_quantity = fields.number("returned_quantity", ZERO, MAX_QUANTITY)
    discount = fields.number("discount", ZERO)
    amount = _line_amount(fields, quantity, discount)
    if quantity == 0 and to_minor(amount, fields.company.exponent) == 0:
        fields.fail("quantity", "empty_line")
    return LineData(
        quantity=quantity,
        amount=amount,
        sku=fields.text("sku", 100),
        name=fields.text("name", 300),
        category=fields.text("category", 200),
        discount=discount,
        cost=fields.number("cost", None),
        returned_quantity=to_quantity(returned_quantity) if returned_quantity else ZERO,
        returned_amount=fields.number("returned_amount", None),
    )


def _line_amount(fields: Fields, quantity: Decimal, discount: Decimal) -> Decimal:
    amount = fields.number("amount", None)
    price = fields.number("price", None)
    if amount is not None:
        return amount
    if price is None:
        if fields.is_object and not fields.data.get("amount") and not fields.data.get("price"):
            fields.fail("amount", "price_or_amount")
        return ONE
    amount = price * quantity - discount
    if amount < 0:
        fields.fail("discount", "discount_too_large")
        return ONE
    return amount


def _customer(fields: Fields, source: str) -> CustomerData:
    if fields.path:
        fields.only(CUSTOMER_FIELDS)
    before = len(fields.faults)
    external_id = fields.text("external_id", 200)
    contacts = tuple(_contacts(fields))
    if not external_id and not contacts and fields.is_object and len(fields.faults) == before:
        fields.fail("external_id", "customer_unknown")
    time_zone = fields.text("time_zone", 50)
    if time_zone and time_zone not in TIME_ZONES:
        fields.fail("time_zone", "bad_time_zone", value=time_zone)
    return CustomerData(
        source=source,
        external_id=external_id,
        kind=fields.choice("kind", KINDS, ""),
        name=fields.text("name", 300),
        city=fields.text("city", 200),
        language=fields.choice("language", LANGUAGES, ""),
        time_zone=time_zone,
        channel_code=fields.text("channel", 50),
        contacts=contacts,
        consents=tuple(_consent(item) for item in fields.items("consents", MAX_CONTACTS)),
    )


def _contacts(fields: Fields) -> list[ContactData]:
    found = [_contact(fields, "phone", "phone"), _contact(fields, "email", "email")]
    for item in fields.items("contacts", MAX_CONTACTS):
        item.only(frozenset(("channel", "value")))
        channel = item.choice("channel", CHANNELS, "")
        if not channel:
            item.fail("channel", "required")
        elif channel in CHANNELS:
            found.append(_contact(item, "value", channel, required=True))
    return list(dict.fromkeys(contact for contact in found if contact))


def _contact(fields: Fields, name: str, channel: str, *, required: bool = False) -> ContactData | None:
    raw = fields.text(name, 254, required=required)
    if not raw:
        return None
    value = normalise_contact(channel, raw, fields.company.region)
    if value is None:
        fields.fail(name, f"bad_{channel}", value=raw[:60])
        return None
    return ContactData(channel, value)


def _consent(fields: Fields) -> ConsentData:
    fields.only(CONSENT_FIELDS)
    channel = fields.choice("channel", CHANNELS, "")
    if not channel:
        fields.fail("channel", "required")
    return ConsentData(
        channel=channel,
        action=fields.choice("action", CONSENT_ACTIONS, "granted"),
        at=fields.moment("at"),
        proof=fields.text("proof", 2000),
        text_version=fields.text("text_version", 40),
    )
