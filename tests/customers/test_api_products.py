"""Products and categories through the API."""

from decimal import Decimal

import pytest

from customers.api.answers import FORM
from customers.models import Product, ProductCategory

pytestmark = pytest.mark.django_db

PRODUCTS, CATEGORIES = "/api/v1/products/", "/api/v1/categories/"
TEA = {"sku": "TEA", "name": "Tea", "category": "Drinks", "price": "10.50", "cost": 6}


def test_a_product_is_created_then_unchanged_then_updated(api):
    created = api.post(PRODUCTS, TEA)
    assert (created.status_code, created.json()["sku"]) == (201, "TEA")
    assert api.post(PRODUCTS, TEA).json()["fate"] == "unchanged"
    assert api.post(PRODUCTS, {"sku": "TEA", "cost": "7.25", "is_active": False}).json()["fate"] == "updated"
    row = api.get(f"{PRODUCTS}{created.json()['id']}/").json()
    assert {name: row[name] for name in ("name", "category", "price", "cost", "is_active")} == {
        "name": "Tea", "category": "Drinks", "price": "10.50", "cost": "7.25", "is_active": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sku": ""}, {"sku": "required"}),
        ({"cost": -1}, {"cost": "negative"}),
        ({"price": "much"}, {"price": "not_number"}),
        ({"is_active": "yes"}, {"is_active": "not_yes_no"}),
        ({"name": "x" * 301}, {"name": "too_long"}),
        ({"colour": "red"}, {"colour": "unknown_field"}),
    ],
)
def test_each_kind_of_mistake_is_named_with_its_field(api, changes, expected):
    response = api.post(PRODUCTS, TEA | changes)
    assert response.status_code == (400 if FORM & set(expected.values()) else 422)
    assert {item["attr"]: item["code"] for item in response.json()["errors"]} == expected
    assert not Product.objects.exists()


def test_hundreds_of_products_go_in_by_a_constant_number_of_queries(api, django_assert_max_num_queries):
    rows = [TEA | {"sku": f"S{number}", "category": f"C{number % 7}"} for number in range(299)] + [TEA | {"sku": "S0"}]
    with django_assert_max_num_queries(20):
        response = api.post(f"{PRODUCTS}bulk/", {"products": rows})
    assert (response.status_code, response.json()["created"], response.json()["refused"]) == (207, 299, 1)
    again = api.post(f"{PRODUCTS}bulk/", {"products": [row | {"cost": 1} for row in rows[:-1]]})
    assert again.json()["updated"] == 299
    assert ProductCategory.objects.count() == 7


def test_products_are_read_by_filters(api):
    pk = api.post(PRODUCTS, TEA).json()["id"]
    api.post(PRODUCTS, {"sku": "POT", "is_active": False})
    for query in ({"sku": "TEA"}, {"category": "Drinks"}, {"is_active": "true"}):
        assert [row["id"] for row in api.get(PRODUCTS, query).json()["results"]] == [pk], query
    assert api.get(PRODUCTS, {"updated_since": "2999-01-01T00:00:00Z"}).json()["results"] == []


def test_a_category_is_told_with_its_margin(api):
    assert api.post(CATEGORIES, {"name": "Drinks", "margin_rate": 0.35}).status_code == 201
    assert api.post(CATEGORIES, {"name": "Drinks"}).json()["fate"] == "unchanged"
    rows = [{"name": "Drinks", "margin_rate": "-1"}, {"name": "Pots", "margin_rate": 1.01}, {"name": "Cups"}]
    response = api.post(f"{CATEGORIES}bulk/", {"categories": rows})
    assert [row["fate"] for row in response.json()["results"]] == ["updated", "refused", "created"]
    assert ProductCategory.objects.get(name="Drinks").margin_rate == Decimal(-1)
    assert [row["name"] for row in api.get(CATEGORIES).json()["results"]] == ["Cups", "Drinks"]


def test_an_order_takes_the_cost_that_was_told_of_its_product(api):
    api.post(PRODUCTS, TEA)
    order = {
        "source": "shop", "external_id": "1", "placed_at": "2026-01-15", "customer": {"external_id": "c"},
        "lines": [{"sku": "TEA", "quantity": 2, "price": "10.50"}],
    }  # fmt: skip
    pk = api.post("/api/v1/orders/", order).json()["id"]
    assert api.get(f"/api/v1/orders/{pk}/").json()["known_cost"] == "12.00"
