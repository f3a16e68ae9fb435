"""Products and their categories as other systems tell of them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.numbers import to_minor, to_number
from customers.rules.records import Company

PRODUCT_FIELDS = frozenset(("sku", "name", "category", "price", "cost", "is_active"))
CATEGORY_FIELDS = frozenset(("name", "margin_rate"))
RATE_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ProductData:
    """One product, known by its code; sums in minor units of the company's currency. "" and None: not told."""

    sku: str
    name: str = ""
    category: str = ""
    price: int | None = None
    cost: int | None = None
    is_active: bool | None = None


@dataclass(frozen=True, slots=True)
class CategoryData:
    """A category, known by its name. `margin_rate` is a share, from -1 to 1; None: not told."""

    name: str
    margin_rate: Decimal | None = None


def read_product(data: Any, company: Company) -> ProductData:
    """The product that an object tells. Raises Faulty with every mistake found, by dotted path."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(PRODUCT_FIELDS)
    product = ProductData(
        sku=fields.text("sku", 100, required=True),
        name=fields.text("name", 300),
        category=fields.text("category", 200),
        price=_minor(fields, "price"),
        cost=_minor(fields, "cost"),
        is_active=fields.yes_no("is_active"),
    )
    if faults:
        raise Faulty(faults)
    return product


def read_category(data: Any, company: Company) -> CategoryData:
    """The category that an object tells. Raises Faulty with every mistake found."""
    faults: list[Fault] = []
    fields = Fields(data, company, faults)
    fields.only(CATEGORY_FIELDS)
    category = CategoryData(name=fields.text("name", 200, required=True), margin_rate=_rate(fields))
    if faults:
        raise Faulty(faults)
    return category


def _minor(fields: Fields, name: str) -> int | None:
    amount = fields.number(name, None)
    return None if amount is None else to_minor(amount, fields.company.exponent)


def _rate(fields: Fields) -> Decimal | None:
    told = fields.data.get("margin_rate")
    if told is None or told == "":
        return None
    try:
        rate = to_number(told, "margin_rate")
    except Faulty as refusal:
        fields.faults += refusal.faults
        return None
    if not -1 <= rate <= 1:
        fields.fail("margin_rate", "not_a_share")
        return None
    return rate.quantize(RATE_PLACES)
