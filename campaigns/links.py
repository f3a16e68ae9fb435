"""Links in messages: signed, short, without log-in."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from campaigns.models import MessageChannel

_SALT = "campaigns.unsubscribe"
_SIGNATURE = 24
_LETTERS = {MessageChannel.EMAIL.value: "e", MessageChannel.SMS.value: "s"}
_CHANNELS = {letter: channel for channel, letter in _LETTERS.items()}


@dataclass(frozen=True)
class Unsubscription:
    """Who wants no more on which channel, and by which message they came."""

    customer_id: int
    channel: str
    delivery_id: int


def unsubscribe_token(*, customer_id: int, channel: str, delivery_id: int) -> str:
    """Token such as "15-e-204-3f9a...": kept short, since it travels in text messages."""
    payload = f"{customer_id}-{_LETTERS[channel]}-{delivery_id}"
    return f"{payload}-{_signature(payload)}"


def read_token(token: str) -> Unsubscription | None:
    """What the token says; None unless it is ours, unchanged."""
    payload, _, signature = token.rpartition("-")
    if not constant_time_compare(signature, _signature(payload)):
        return None
    customer_id, letter, delivery_id = payload.split("-")
    return Unsubscription(int(customer_id), _CHANNELS[letter], int(delivery_id))


def unsubscribe_url(*, customer_id: int, channel: str, delivery_id: int) -> str:
    """The address for the message, with the public address of this installation."""
    token = unsubscribe_token(customer_id=customer_id, channel=channel, delivery_id=delivery_id)
    return f"{settings.PUBLIC_URL}{_path()}{token}/"


@cache
def _path() -> str:
    """What stands before the token; looked up once, not for each message."""
    return reverse("unsubscribe", args=["x"]).removesuffix("x/")


def _signature(payload: str) -> str:
    """96 bits: enough against guessing through a web page."""
    return salted_hmac(_SALT, payload, algorithm="sha256").hexdigest()[:_SIGNATURE]
