"""What other systems tell about customers and orders, after it was checked and normalised."""

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

STATUSES = ("new", "confirmed", "fulfilled", "cancelled", "returned")
DEAD = ("cancelled", "returned")
KINDS = ("person", "company")
LANGUAGES = ("ru", "en")
CONSENT_ACTIONS = ("granted", "withdrawn")
ADDRESS_KINDS = ("delivery", "legal", "postal")


@dataclass(frozen=True, slots=True)
class Company:
    """What reading needs to know of the company: its currency (and decimal places), zone and country."""

    currency: str
    exponent: int
    zone: tzinfo
    region: str


@dataclass(frozen=True, slots=True)
class ContactData:
    """One normalised address."""

    channel: str
    value: str


@dataclass(frozen=True, slots=True)
class ConsentData:
    """Marketing on a channel was allowed or withdrawn. Without `at`: at the time of what carries it."""

    channel: str
    action: str
    at: datetime | None = None
    proof: str = ""
    text_version: str = ""


@dataclass(frozen=True, slots=True)
class AddressData:
    """A postal address: `kind` delivery, legal or postal; `country` two letters or nothing."""

    kind: str
    line: str
    city: str = ""
    postcode: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class PersonData:
    """Whom one talks to in a company."""

    name: str
    role: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CardData:
    """What else a card holds. Nothing told changes nothing; `custom` may hold None, which takes a value away.

    `owner` is the e-mail of a person who works here.
    """

    birthday: date | None = None
    tax_number: str = ""
    owner: str = ""
    custom: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    addresses: tuple[AddressData, ...] = ()
    people: tuple[PersonData, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerData:
    """Who it is: known by the id in the source, by contacts, or by both; `card` comes with customers, not orders."""

    source: str
    external_id: str = ""
    kind: str = ""
    name: str = ""
    city: str = ""
    language: str = ""
    time_zone: str = ""
    channel_code: str = ""
    contacts: tuple[ContactData, ...] = ()
    consents: tuple[ConsentData, ...] = ()
    card: CardData | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A customer who must be there already: by number, or by what `person` is known by."""

    id: int | None
    person: CustomerData

    @property
    def is_nobody(self) -> bool:
        return self.id is None and not self.person.external_id and not self.person.contacts


@dataclass(frozen=True, slots=True)
class LineData:
    """One position, in the order's currency, major units.

    `amount` is the sum of the line after its own discount and before returns; `cost` is the cost of the
    whole line, None if the source does not know it.
    """

    quantity: Decimal
    amount: Decimal
    sku: str = ""
    name: str = ""
    category: str = ""
    discount: Decimal = Decimal(0)
    cost: Decimal | None = None
    returned_quantity: Decimal = Decimal(0)
    returned_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class OrderData:
    """One order, in its own currency, major units.

    Without lines, `total` is the sum after discounts and before returns, and `cost` its cost, if known.
    With lines, `discount` and `returned` are what the lines do not carry themselves; both are spread
    over the lines. `rate` is how much of the base currency one unit of the order's currency costs.
    `version` None: the source does not number its changes.
    """

    source: str
    external_id: str
    placed_at: datetime
    customer: CustomerData
    currency: str
    rate: Decimal = Decimal(1)
    status: str = "new"
    number: str = ""
    version: int | None = None
    updated_at: datetime | None = None
    fulfilled_at: datetime | None = None
    total: Decimal | None = None
    discount: Decimal = Decimal(0)
    returned: Decimal = Decimal(0)
    cost: Decimal | None = None
    promo_code: str = ""
    channel_code: str = ""
    lines: tuple[LineData, ...] = ()
