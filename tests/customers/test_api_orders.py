"""Orders through the API: fates, mistakes, reading."""

import json

import pytest
from django.utils import translation

from customers.actions.faults import TEXTS
from customers.api.answers import FORM
from customers.models import Order
from tests.customers import payloads
from tests.customers.clients import client_of
from tests.factories.core import IntegrationFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db

ORDERS, BULK = "/api/v1/orders/", "/api/v1/orders/bulk/"


def errors(response):
    """{field: code} of a refusal."""
    return {item["attr"]: item["code"] for item in response.json()["errors"]}


def test_an_order_is_created_then_unchanged_then_updated_then_outdated(api):
    created = api.post(ORDERS, payloads.order(version=1))
    assert created.status_code == 201
    order = Order.objects.get()
    assert created.json() == {
        "fate": "created",
        "id": order.pk,
        "customer": order.customer_id,
        "source": "shop",
        "external_id": "A-1",
    }
    again = [api.post(ORDERS, payloads.order(**change)) for change in ({"version": 1}, {"version": 3, "number": "7"})]
    again.append(api.post(ORDERS, payloads.order(version=2)))
    assert [(r.status_code, r.json()["fate"]) for r in again] == [
        (200, "unchanged"),
        (200, "updated"),
        (200, "outdated"),
    ]


def test_one_version_with_two_contents_is_409(api):
    api.post(ORDERS, payloads.order(version=1))
    response = api.post(ORDERS, payloads.order(version=1, status="cancelled"))
    assert response.status_code == 409
    assert response.json()["type"] == "client_error"
    assert errors(response) == {"version": "same_version"}


MISTAKES = [
    ({"source": ""}, {"source": "required"}),
    ({"external_id": None}, {"external_id": "required"}),
    ({"placed_at": None}, {"placed_at": "required"}),
    ({"placed_at": "15.01.2026"}, {"placed_at": "not_moment"}),
    ({"placed_at": "2036-01-15T12:00:00Z"}, {"placed_at": "in_future"}),
    ({"status": "shipped"}, {"status": "unknown_choice"}),
    ({"customer": {}}, {"customer.external_id": "customer_unknown"}),
    ({"customer": []}, {"customer": "not_object"}),
    ({"customer": {"phone": "12"}}, {"customer.phone": "bad_phone"}),
    ({"customer": {"email": "anna"}}, {"customer.email": "bad_email"}),
    ({"customer": {"external_id": "1", "name": "x" * 301}}, {"customer.name": "too_long"}),
    ({"customer": {"external_id": "a\0b"}}, {"customer.external_id": "bad_characters"}),
    ({"customer": {"external_id": "1", "time_zone": "Mars"}}, {"customer.time_zone": "bad_time_zone"}),
    (
        {"customer": {"contacts": [{"channel": "fax", "value": 1}]}},
        {"customer.contacts.0.channel": "unknown_choice"},
    ),
    ({"lines": []}, {"total": "lines_or_total"}),
    ({"lines": {}}, {"lines": "not_list"}),
    ({"lines": [7]}, {"lines.0": "not_object"}),
    ({"lines": [{"sku": "A"}]}, {"lines.0.amount": "price_or_amount"}),
    ({"lines": [{"price": 1, "quantity": -2}]}, {"lines.0.quantity": "negative"}),
    ({"lines": [{"amount": 0, "quantity": 0}]}, {"lines.0.quantity": "empty_line"}),
    ({"lines": [{"amount": "1,5"}]}, {"lines.0.amount": "not_number"}),
    ({"lines": [{"amount": 10**14}]}, {"lines.0.amount": "too_large"}),
    ({"lines": [{"amount": True}]}, {"lines.0.amount": "not_number"}),
    ({"lines": [{"amount": 1}] * 1001}, {"lines": "too_many", "total": None}),
    ({"discount": "1000"}, {"discount": "discount_too_large"}),
    ({"currency": "USD"}, {"rate": "rate_required"}),
    ({"currency": "US"}, {"currency": "bad_currency"}),
    ({"currency": "RUB", "rate": 2}, {"rate": "rate_of_base"}),
    ({"currency": "USD", "rate": 0}, {"rate": "not_positive"}),
    ({"version": "3"}, {"version": "not_integer"}),
    ({"version": -1}, {"version": "not_integer"}),
    ({"discuont": 5}, {"discuont": "unknown_field"}),
    ({"number": {"a": 1}}, {"number": "not_text"}),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_each_kind_of_mistake_is_named_with_its_field(api, changes, expected):
    response = api.post(ORDERS, payloads.order(**changes))
    assert response.status_code == (400 if FORM & set(expected.values()) else 422)
    assert response.json()["type"] == "validation_error"
    assert errors(response) == {field: code for field, code in expected.items() if code}
    assert not Order.objects.exists()


def test_every_mistake_is_told_at_once(api):
    response = api.post(ORDERS, {"placed_at": "x", "lines": [{"quantity": -1, "amount": "y"}]})
    assert errors(response) == {
        "source": "required",
        "external_id": "required",
        "placed_at": "not_moment",
        "lines.0.quantity": "negative",
        "lines.0.amount": "not_number",
        "customer.external_id": "customer_unknown",
    }


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e400", "-1e400", "9" * 5000])
def test_numbers_that_are_none_are_refused(api, value):
    body = json.dumps(payloads.order(lines=[{"amount": "AMOUNT"}])).replace('"AMOUNT"', value)
    assert api.post(ORDERS, body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("body", ["", "{", "\xff", "[" * 100_000, "null", "[]", '"text"', "7"])
def test_a_body_that_is_no_order_is_refused(api, body):
    response = api.post(ORDERS, body.encode("latin-1"), content_type="application/json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["detail"]


def test_exact_decimals_survive(api):
    body = json.dumps(payloads.order(lines=[{"amount": "AMOUNT"}])).replace('"AMOUNT"', "1234567890.07")
    api.post(ORDERS, body, content_type="application/json")
    assert str(Order.objects.get().revenue) == "1234567890.07"


def test_a_time_without_a_zone_is_the_companys(api):
    api.post(ORDERS, payloads.order(placed_at="2026-01-15T00:30:00"))
    order = Order.objects.get()
    assert order.placed_at.isoformat() == "2026-01-14T21:30:00+00:00"
    assert order.placed_on.isoformat() == "2026-01-15"


def test_errors_are_in_the_callers_language(api):
    english = api.post(ORDERS, payloads.order(source=None))
    russian = api.post(ORDERS, payloads.order(source=None), HTTP_ACCEPT_LANGUAGE="ru-RU,ru;q=0.9,en;q=0.5")
    assert english.json()["errors"][0]["detail"] == "This field is required."
    assert english["Content-Language"] == "en"
    assert russian["Content-Language"] == "ru"
    assert russian.json()["errors"][0]["detail"] == "Это поле обязательно."


def test_a_bulk_tells_the_fate_of_each_row(api):
    api.post(ORDERS, payloads.order(1))
    rows = [
        payloads.order(1),
        payloads.order(2),
        payloads.order(3, placed_at="never"),
        payloads.order(2),
        "row",
        payloads.order(1, source="till"),
    ]
    response = api.post(BULK, {"orders": rows})
    body = response.json()
    assert response.status_code == 207
    fates = [row["fate"] for row in body["results"]]
    assert fates == ["unchanged", "created", "refused", "refused", "refused", "created"]
    assert {fate: body[fate] for fate in ("created", "updated", "unchanged", "outdated", "refused")} == {
        "created": 2,
        "updated": 0,
        "unchanged": 1,
        "outdated": 0,
        "refused": 3,
    }
    assert [row["index"] for row in body["results"]] == list(range(6))
    assert body["results"][2]["errors"][0]["attr"] == "placed_at"
    assert body["results"][3]["errors"][0]["detail"].endswith("in row 1.")
    assert body["results"][2]["external_id"] == "A-3"
    assert Order.objects.count() == 3


def test_a_bulk_that_went_in_whole_is_200(api):
    response = api.post(BULK, {"orders": [payloads.order(i) for i in range(1000)]})
    assert (response.status_code, response.json()["created"]) == (200, 1000)


@pytest.mark.parametrize("body", [{}, [], {"orders": {}}, {"orders": []}, {"orders": [{}] * 1001}])
def test_a_bulk_of_the_wrong_shape_or_size_is_refused_whole(api, body):
    response = api.post(BULK, body)
    assert response.status_code == 400
    assert errors(response).keys() == {"orders"}


def test_orders_are_read_by_filters(api):
    wanted = OrderFactory(status="confirmed", source="till", placed_at="2026-01-20T09:00:00Z", placed_on="2026-01-20")
    OrderFactory()
    for query in (
        {"status": "confirmed"},
        {"source": "till"},
        {"customer": wanted.customer_id},
        {"external_id": wanted.external_id},
        {"placed_from": "2026-01-20", "placed_to": "2026-01-20"},
    ):
        assert [row["id"] for row in api.get(ORDERS, query).json()["results"]] == [wanted.pk], query
    assert api.get(ORDERS, {"updated_since": "2099-01-01T00:00:00Z"}).json()["results"] == []


def test_a_filter_that_cannot_be_read_is_refused(api):
    response = api.get(ORDERS, {"placed_from": "soon", "status": "lost"})
    assert response.status_code == 400
    assert errors(response).keys() == {"placed_from", "status"}


def test_orders_come_in_pages_by_cursor_newest_first(api):
    made = [order.pk for order in OrderFactory.create_batch(5)]
    first = api.get(ORDERS, {"page_size": 3}).json()
    OrderFactory()
    second = api.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == made[::-1]
    assert second["next"] is None


def test_one_order_is_read_with_its_lines(api):
    pushed = api.post(ORDERS, payloads.order()).json()
    body = api.get(f"{ORDERS}{pushed['id']}/").json()
    assert (body["revenue"], body["discount"], body["lines"][1]["sku"]) == ("116.50", "5.00", "POT")
    assert api.get(f"{ORDERS}999999/").status_code == 404


def test_reading_takes_the_same_queries_for_one_order_and_for_many(api, django_assert_num_queries):
    OrderFactory()
    api.get(ORDERS)
    with django_assert_num_queries(2):
        api.get(ORDERS)
    OrderFactory.create_batch(5)
    with django_assert_num_queries(2):
        api.get(ORDERS)


def test_a_token_sees_what_its_user_sees():
    farmer = UserFactory()
    own = OrderFactory(customer=CustomerFactory(owner=farmer))
    foreign = OrderFactory(customer=CustomerFactory(owner=UserFactory()))
    client = client_of(farmer, "orders:read")
    assert [row["id"] for row in client.get(ORDERS).json()["results"]] == [own.pk]
    assert client.get(f"{ORDERS}{foreign.pk}/").status_code == 404
    integration = client_of(IntegrationFactory(), "orders:read")
    assert len(integration.get(ORDERS).json()["results"]) == 2


@pytest.mark.parametrize(("path", "scope"), [(ORDERS, "orders:read"), (BULK, "customers:write")])
def test_a_scope_for_something_else_does_not_let_orders_in(path, scope):
    response = client_of(IntegrationFactory(), scope).post(path, {})
    assert response.status_code == 403
    assert errors(response) == {None: "permission_denied"}


def test_nobody_reads_orders_without_the_scope():
    assert client_of(IntegrationFactory(), "orders:write").get(ORDERS).status_code == 403


def test_every_fault_has_words_in_both_languages():
    for text in TEXTS.values():
        with translation.override("en"):
            english = str(text)
        with translation.override("ru"):
            assert str(text) != english
