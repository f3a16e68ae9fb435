"""Sending messages as the platforms do."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import reverse

from platforms.models import Connection, InboundMessage
from tests.factories.platforms import SECRET

PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / name).read_text())


def form(name: str, **values: str) -> bytes:
    """A form of a file with a field a line; `values` stand for words in it."""
    from urllib.parse import urlencode

    lines = [line.split("=", 1) for line in (PAYLOADS / name).read_text().splitlines() if line]
    return urlencode([(key, values.get(value, value)) for key, value in lines]).encode()


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def post(connection: Connection, body: bytes, *, secret: str = "", topic: str = "", **headers: str) -> Any:
    """One request; `secret` goes into the address."""
    key = f"{connection.code}.{secret}" if secret else connection.code
    url = reverse("inbound", args=[key]) + (f"?topic={topic}" if topic else "")
    kind = headers.pop("content_type", "application/json")
    return Client().post(url, data=body, content_type=kind, headers=headers)


def woo(connection: Connection, data: Any, topic: str = "order.updated", delivery: str = "d1", **how: Any) -> Any:
    """A webhook of WooCommerce. `sign` is the secret to sign with."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    headers = {
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Signature": signature(body, how.get("sign", SECRET)),
        "X-WC-Webhook-Delivery-ID": delivery,
    }
    return post(connection, body, **headers)


def shopify(connection: Connection, data: Any, topic: str = "orders/updated", webhook: str = "w1") -> Any:
    """A webhook of Shopify."""
    body = json.dumps(data).encode()
    headers = {
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": signature(body),
        "X-Shopify-Webhook-Id": webhook,
    }
    return post(connection, body, **headers)


def message_of(response: Any) -> InboundMessage:
    return InboundMessage.objects.get(pk=response.json()["id"])
