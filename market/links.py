"""The link that asks a customer why they left: signed, without log-in."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from market.models import DepartureSource

_SALT = "market.why"
_SIGNATURE = 24
_LETTERS = {DepartureSource.WIN_BACK.value: "w", DepartureSource.NPS.value: "n"}
_SOURCES = {letter: source for source, letter in _LETTERS.items()}
OPEN_DAYS = 180


@dataclass(frozen=True)
class Asked:
    """Whom a link asks, since which day, and where it stood."""

    customer_id: int
    on: date
    source: str

    def is_open(self, today: date) -> bool:
        """Whether an answer is still about the leaving that was asked about."""
        return (today - self.on).days <= OPEN_DAYS


def why_token(*, customer_id: int, on: date, source: str = DepartureSource.WIN_BACK) -> str:
    """Token such as "15-739577-w-3f9a..."; the same for one customer, day and place."""
    payload = f"{customer_id}-{on.toordinal()}-{_LETTERS[source]}"
    return f"{payload}-{_signature(payload)}"


def why_url(*, customer_id: int, on: date, source: str = DepartureSource.WIN_BACK) -> str:
    """The address for a message, with the public address of this installation."""
    return f"{settings.PUBLIC_URL}{_path()}{why_token(customer_id=customer_id, on=on, source=source)}/"


@cache
def _path() -> str:
    """What stands before the token; looked up once, not for each message."""
    return reverse("why", args=["x"]).removesuffix("x/")


def read_token(token: str) -> Asked | None:
    """What the token says; None unless it is ours, unchanged."""
    payload, _, signature = token.rpartition("-")
    if not constant_time_compare(signature, _signature(payload)):
        return None
    customer_id, day, letter = payload.split("-")
    return Asked(int(customer_id), date.fromordinal(int(day)), _SOURCES[letter])


def _signature(payload: str) -> str:
    """96 bits: enough against guessing through a web page."""
    return salted_hmac(_SALT, payload, algorithm="sha256").hexdigest()[:_SIGNATURE]
