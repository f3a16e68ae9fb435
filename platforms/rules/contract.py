"""What a platform's folder gives and takes: a message in, plain dictionaries for the readers of `customers` out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from customers.rules.records import Company

SKIP = ""
ANY = "*"


class Unreadable(ValueError):
    """The message is not what the platform sends. `code` chooses the words, `params` fill them."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)


class Unusable(Unreadable):
    """The message is sound, but something here must change before it can be taken: a setting, a key."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it came. Names of headers are in lower case."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    # The whole address as it was called: Twilio signs it.
    url: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Names of lines that a platform does not name, in the company's language."""

    shipping: str = "Delivery"
    fee: str = "Fee"
    other: str = "Other charges"


@dataclass(frozen=True, slots=True)
class Context:
    """What the mapping needs to know of the company and of the connection."""

    company: Company
    source: str
    statuses: Mapping[str, str]
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    words: Words = Words()
    # Of a telephony: the channel's code by line, the person's e-mail by extension.
    lines: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, str] = field(default_factory=dict)

    def status(self, code: str) -> str:
        """Our status of the platform's code by the connection's table; SKIP: it is not an order yet."""
        found = self.statuses.get(code)
        return self.statuses.get(ANY, SKIP) if found is None else found

    def rate(self, currency: str) -> Decimal | None:
        """What one unit of the currency costs in the company's; None for its own, or where nobody said."""
        return None if currency == self.company.currency else self.rates.get(currency)


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was left out on the way, to be shown beside the message."""

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """An order was removed at the platform, at a moment that the platform may tell."""

    external_id: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund told apart from its order: the sum in the order's currency, and pieces by product code."""

    external_id: str
    at: datetime
    amount: Decimal
    pieces: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as a telephony tells it. `line`: our number that was called or called from; `phone`: the other side.

    `extension`: who took it or made it, as the telephony names people: an extension, or an e-mail.
    """

    external_id: str
    at: datetime
    is_incoming: bool
    is_answered: bool
    phone: str = ""
    line: str = ""
    extension: str = ""
    duration_seconds: int = 0


@dataclass(slots=True)
class Told:
    """What a message says. `ignored` gives the reason where it says nothing that is kept."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    customers: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[Cancelled] = field(default_factory=list)
    refunded: list[Refunded] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    # Orders that matter only if they are known: a lost deal that never became one is no order.
    only_known: set[str] = field(default_factory=set)
    notes: list[Note] = field(default_factory=list)
    ignored: str = ""


Get = Callable[[str], Any]


def address_is_the_check(_incoming: Incoming, _secret: str) -> bool:
    """For platforms that sign nothing: the secret in the address was compared before."""
    return True


@dataclass(frozen=True, slots=True)
class Adapter:
    """One platform. `tell` gets the payload, or what `fetch` brought for it."""

    statuses: Mapping[str, str]
    tell: Callable[[str, Any, Context], Told]
    read: Callable[[Incoming], Any]
    topic: Callable[[Incoming, Any], str]
    delivery_id: Callable[[Incoming, Any], str]
    verify: Callable[[Incoming, str], bool] = address_is_the_check
    # False: nothing is signed, and a secret in the address is the check.
    is_signed: bool = False
    # The platform makes the secret, and a person pastes it here.
    gives_secret: bool = False
    # For messages that only name what changed: the rest is asked for over the platform's API.
    fetch: Callable[[str, Any, Get], Any] | None = None
    api_headers: Callable[[str], dict[str, str]] = lambda _token: {}
    # What the platform sends once to see whether anybody is there, without a signature.
    is_ping: Callable[[Incoming], bool] = lambda _incoming: False
    sent_at: Callable[[Any], datetime | None] = lambda _payload: None
    headers: tuple[str, ...] = ("content-type", "user-agent")
