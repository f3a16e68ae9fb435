"""What the invented shop's WooCommerce says of an order."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from demo.rules.catalogue import ITEMS, Item

FIRST_NUMBER = 20_481
DELIVERY = 350
# Roubles for one of each.
RATES = {"RUB": 1.0, "KZT": 0.16}


def order_payload(
    *, number: int, at: datetime, status: str, buyer: dict[str, str], items: list[Item], currency: str = "RUB"
) -> dict[str, Any]:
    """One order as the webhook carries it; `at` in UTC, `buyer` by the names of WooCommerce."""
    moment = at.strftime("%Y-%m-%dT%H:%M:%S")
    rate = RATES[currency]
    prices = [round(item.price / rate) for item in items]
    lines = [
        {
            "id": place,
            "name": item.name,
            "sku": item.sku,
            "quantity": 1,
            "subtotal": f"{price:.2f}",
            "total": f"{price:.2f}",
            "subtotal_tax": "0.00",
            "total_tax": "0.00",
        }
        for place, (item, price) in enumerate(zip(items, prices, strict=True), start=1)
    ]
    delivery = round(DELIVERY / rate)
    return {
        "id": FIRST_NUMBER + number,
        "number": str(FIRST_NUMBER + number),
        "status": status,
        "currency": currency,
        "date_created_gmt": moment,
        "date_modified_gmt": moment,
        "total": f"{sum(prices) + delivery:.2f}",
        "total_tax": "0.00",
        "billing": buyer,
        "line_items": lines,
        "shipping_lines": [{"id": 9, "method_title": "Курьер", "total": f"{delivery:.2f}", "total_tax": "0.00"}],
        "meta_data": [{"id": 1, "key": "_wc_order_attribution_utm_source", "value": "yandex_direct"}],
    }


def basket(number: int) -> list[Item]:
    """Two or three things of the catalogue."""
    return [ITEMS[(number * 7 + step * 11) % 20] for step in range(2 + number % 2)]


def signed(payload: dict[str, Any], secret: str) -> tuple[bytes, str]:
    """The body and its signature, as WooCommerce makes it."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    return body, base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
