"""Requests to SMS.ru."""

from decimal import Decimal, InvalidOperation
from typing import Any

import requests
from requests.exceptions import ConnectTimeout, InvalidURL, MissingSchema, SSLError
from urllib3.exceptions import MaxRetryError, NewConnectionError

from campaigns.gateways.interface import GatewayError, Receipt, Unavailable, Unclear
from campaigns.gateways.sms_ru.codes import ACCEPTED, error_of

DEFAULT_URL = "https://sms.ru"
CONNECT_SECONDS, ANSWER_SECONDS = 5, 20


class SmsRu:
    """One HTTP session for many messages. `api_id` is the account's key."""

    def __init__(self, *, api_id: str, url: str = "") -> None:
        self._api_id = api_id
        self._url = (url or DEFAULT_URL).rstrip("/")
        self._session = requests.Session()

    def send(self, to: str, text: str) -> Receipt:
        """Send one text message to an E.164 number. Raises Refused, Unavailable or Unclear."""
        number = to.lstrip("+")
        answer = _json(self._post("/sms/send", to=number, msg=text))
        message = _message(answer, number)
        price = _price(message) if "cost" in message else self._ask_price(number, text)
        return Receipt(str(message.get("sms_id", "")), price)

    def _post(self, path: str, **fields: str) -> requests.Response:
        data = {"api_id": self._api_id, "json": "1", **fields}
        try:
            return self._session.post(
                self._url + path, data=data, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False
            )
        except (ConnectTimeout, SSLError, InvalidURL, MissingSchema) as error:
            raise Unavailable(self._words(error), whole=True) from error
        except requests.RequestException as error:
            if _never_connected(error):
                raise Unavailable(self._words(error), whole=True) from error
            raise Unclear(self._words(error)) from error

    def _ask_price(self, number: str, text: str) -> Decimal:
        """The price by /sms/cost, as /sms/send does not tell it; 0 if that fails, for the message is gone already."""
        try:
            return _price(_message(_json(self._post("/sms/cost", to=number, msg=text)), number))
        except GatewayError:
            return Decimal(0)

    def _words(self, error: Exception) -> str:
        text = f"{type(error).__name__}: {error}"[:500]
        return text.replace(self._api_id, "***") if self._api_id else text


def _json(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    # A page of a proxy on the way: nobody knows whether the request reached the service.
    raise Unclear(f"SMS.ru: HTTP {response.status_code} without JSON")


def _message(answer: dict[str, Any], number: str) -> dict[str, Any]:
    """The part of the answer about this number; raises what its status code means."""
    messages = answer.get("sms")
    message = messages.get(number) if isinstance(messages, dict) else None
    about = message if isinstance(message, dict) else answer
    code = _code(about)
    if code != ACCEPTED:
        raise error_of(code, str(about.get("status_text", "")))
    if about is answer:
        raise Unclear("SMS.ru: accepted, but the answer does not name the number")
    return about


def _code(about: dict[str, Any]) -> int:
    try:
        return int(about["status_code"])
    except (KeyError, TypeError, ValueError) as error:
        raise Unclear("SMS.ru: an answer without a status code") from error


def _price(message: dict[str, Any]) -> Decimal:
    try:
        price = Decimal(str(message["cost"]))
    except (KeyError, InvalidOperation):
        return Decimal(0)
    return price if price.is_finite() and price >= 0 else Decimal(0)


def _never_connected(error: requests.RequestException) -> bool:
    reason = error.args[0] if error.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)
