"""What other systems tell about customers and orders, after it was checked and normalised."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

STATUSES = ("new", "confirmed", "fulfilled", "cancelled", "returned")
DEAD = ("cancelled", "returned")
KINDS = ("person", "company")
LANGUAGES = ("ru", "en")
CONSENT_ACTIONS = ("granted", "withdrawn")


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


@dataclass(frozen=True, slots=True)
class CustomerData:
    """Who it is: known by the id in the source, by contacts, or by both."""

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
