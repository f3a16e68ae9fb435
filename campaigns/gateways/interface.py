"""What a gateway takes, gives back, and how it fails."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


@dataclass(frozen=True)
class Receipt:
    """The provider took the message. `cost` is in the installation's currency, 0 where it is not told."""

    provider_id: str
    cost: Decimal = Decimal(0)


class GatewayError(Exception):
    """The message was not, or may not have been, taken."""


class Refused(GatewayError):
    """Certainly not sent, and trying again would not help.

    `address_fault` is true where the provider says that the address itself is no good.
    """

    def __init__(self, message: str, *, address_fault: bool = False) -> None:
        super().__init__(message)
        self.address_fault = address_fault


class Unavailable(GatewayError):
    """Certainly not sent; may go later. `whole` is true where no other message would go either."""

    def __init__(self, message: str, *, whole: bool = False) -> None:
        super().__init__(message)
        self.whole = whole


class Unclear(GatewayError):
    """The request went out and no answer came: the message may have been sent."""


class SmsGateway(Protocol):
    """Sends one text message. `to` is E.164. Raises Refused, Unavailable or Unclear."""

    def send(self, to: str, text: str) -> Receipt: ...


@dataclass(frozen=True)
class Email:
    """One e-mail, ready to go. `unsubscribe_url` is empty in service messages."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    unsubscribe_url: str = ""
