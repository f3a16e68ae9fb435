"""The order messages of real shops that lie beside the project, where they are at hand."""

import json
from decimal import Decimal
from typing import Any

import pytest

from customers.models import Order
from platforms.models import Connection
from tests.factories.platforms import ConnectionFactory
from tests.factories.shared import shared
from tests.platforms.sending import shopify, woo

pytestmark = pytest.mark.django_db


def read(name: str) -> Any:
    return json.loads(shared(f"payloads/{name}").read_text())


def connect(platform: str) -> Connection:
    made = ConnectionFactory(platform=platform)
    made.settings["rates"] = {"USD": "100"}
    made.save()
    return made


def test_the_published_orders_of_woocommerce():
    shop = connect("woocommerce")

    for number, order in enumerate([*read("woocommerce_orders_list.json"), read("woocommerce_order.json")]):
        assert woo(shop, order, delivery=str(number)).status_code == 200

    found = {each.external_id: each for each in Order.objects.all()}
    # 18.00 of goods, 1.35 of tax, 10.00 of delivery; and 39.00 less the refunds of 10.00 and 9.00.
    assert found["727"].revenue == Decimal("2935.00")
    assert (found["723"].revenue, found["723"].returned) == (Decimal("2000.00"), Decimal("1900.00"))
    assert (found["727"].status, found["723"].status) == ("confirmed", "fulfilled")
    assert found["727"].customer.name == "John Doe"
    # (555) 555-5555 is a phone of nobody.
    assert [point.channel for point in found["727"].customer.contact_points.all()] == ["email"]


def test_the_published_order_of_shopify():
    shop = connect("shopify")

    assert shopify(shop, read("shopify_order.json")).status_code == 200

    order = Order.objects.get()
    assert (order.revenue, order.promo_code, order.status) == (Decimal("40994.00"), "TENOFF", "confirmed")
    assert (order.number, order.customer.name, order.lines.count()) == ("#1001", "Bob Norman", 3)
