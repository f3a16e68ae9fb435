"""What customers did on the site, through the API."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from core.models import User
from customers.api.answers import FORM
from customers.models import TimelineEvent
from tests.customers.clients import client_of
from tests.factories.core import IntegrationFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db

EVENTS, BULK = "/api/v1/events/", "/api/v1/events/bulk/"


def told(**changes):
    return {
        "source": "site", "key": "e1", "kind": "page_viewed", "at": "2026-01-15T12:00:00+03:00",
        "customer": {"email": "anna@shop.test"}, "url": "https://shop.test/tea", **changes,
    }  # fmt: skip


@pytest.fixture
def anna(db):
    return ContactPointFactory(value="anna@shop.test").customer


KINDS = [
    ({"kind": "page_viewed", "title": "Tea"}, {"title": "Tea"}),
    ({"kind": "product_viewed", "sku": "TEA", "name": "Green tea"}, {"sku": "TEA", "name": "Green tea"}),
    ({"kind": "searched", "query": "чай", "found": 0}, {"query": "чай", "found": 0}),
    (
        {"kind": "cart_changed", "items": [{"sku": "TEA", "price": "10.50"}], "total": 21},
        {"items": [{"sku": "TEA", "quantity": "1", "price": "10.5"}], "total": "21"},
    ),
    ({"kind": "cart_changed", "items": []}, {"items": []}),
]


@pytest.mark.parametrize(("changes", "data"), KINDS)
def test_each_kind_of_event_lies_on_the_timeline_with_its_own_fields(api, anna, changes, data):
    response = api.post(EVENTS, told(**changes))
    assert (response.status_code, response.json()["customer"]) == (201, anna.pk)
    row = api.get(EVENTS, {"customer": anna.pk}).json()["results"][0]
    assert row["data"] == {"url": "https://shop.test/tea", **data}
    assert (row["kind"], row["at"]) == (changes["kind"], "2026-01-15T12:00:00+03:00")


def test_the_same_event_twice_is_one(api, anna):
    first = api.post(EVENTS, told())
    again = api.post(EVENTS, told(title="Other"))
    assert (again.status_code, again.json()) == (200, first.json() | {"fate": "unchanged"})
    assert api.post(EVENTS, told(source="app")).json()["fate"] == "created"
    assert [api.post(EVENTS, told(key="")).status_code for _again in range(2)] == [201, 201]
    assert TimelineEvent.objects.count() == 4


MISTAKES = [
    ({"kind": "order_placed"}, {"kind": "unknown_choice"}),
    ({"kind": None}, {"kind": "required"}),
    ({"source": ""}, {"source": "required"}),
    ({"customer": {}}, {"customer": "customer_unnamed"}),
    ({"customer": None}, {"customer": "customer_unnamed"}),
    ({"customer": {"email": "nobody@shop.test"}}, {"customer": "unknown_customer"}),
    ({"customer": {"id": "7"}}, {"customer.id": "not_integer"}),
    ({"at": "2999-01-01T00:00:00Z"}, {"at": "in_future"}),
    ({"key": "k" * 65}, {"key": "too_long"}),
    ({"query": "tea"}, {"query": "not_of_this_kind"}),
    ({"kind": "searched"}, {"query": "needed_for_kind"}),
    ({"kind": "product_viewed"}, {"sku": "needed_for_kind"}),
    ({"kind": "cart_changed", "items": [{}]}, {"items.0.sku": "goods_unnamed"}),
    ({"kind": "cart_changed", "items": [{"sku": "A", "quantity": -1}]}, {"items.0.quantity": "negative"}),
    ({"kind": "cart_changed", "items": [{"sku": "A"}] * 101}, {"items": "too_many"}),
    ({"url": "a\0b"}, {"url": "bad_characters"}),
    ({"referrer": "x"}, {"referrer": "unknown_field"}),
]


@pytest.mark.parametrize(("changes", "expected"), MISTAKES)
def test_each_kind_of_mistake_is_named_with_its_field(api, anna, changes, expected):
    response = api.post(EVENTS, told(**changes))
    assert response.status_code == (400 if FORM & set(expected.values()) else 422)
    assert {item["attr"]: item["code"] for item in response.json()["errors"]} == expected
    assert not TimelineEvent.objects.exists()


def test_a_thousand_events_go_in_by_a_constant_number_of_queries(api, anna, django_assert_max_num_queries):
    rows = [told(key=f"e{number}") for number in range(999)] + [told(key="e0")]
    with django_assert_max_num_queries(10):
        response = api.post(BULK, {"events": rows})
    assert (response.status_code, response.json()["created"], response.json()["refused"]) == (207, 999, 1)
    assert api.post(BULK, {"events": rows[:-1]}).json()["unchanged"] == 999
    assert TimelineEvent.objects.count() == 999


def test_events_are_read_by_filters(api, anna):
    pk = api.post(EVENTS, told()).json()["id"]
    api.post(EVENTS, told(key="e2", kind="searched", query="tea", at="2026-02-01"))
    for query in ({"kind": "page_viewed"}, {"at_before": "2026-01-31T00:00:00Z"}):
        assert [row["id"] for row in api.get(EVENTS, query).json()["results"]] == [pk], query


def test_a_farmers_token_neither_reads_nor_tells_of_other_peoples_customers(api, anna):
    api.post(EVENTS, told())
    anna.owner = UserFactory()
    anna.save()
    client = client_of(UserFactory())
    assert client.get(EVENTS).json()["results"] == []
    assert client.post(EVENTS, told(key="e2")).json()["errors"][0]["code"] == "unknown_customer"


@pytest.mark.django_db(transaction=True)
def test_of_five_who_tell_the_same_at_once_one_writes_it():
    ContactPointFactory(value="anna@shop.test")
    user = IntegrationFactory()
    clients = [client_of(User.objects.get(pk=user.pk)) for _each in range(5)]

    def send(client):
        try:
            return client.post(BULK, {"events": [told(key=f"e{number}") for number in range(20)]}).json()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(send, clients))
    assert sum(answer["created"] for answer in answers) == 20
    assert sum(answer["unchanged"] for answer in answers) == 80
    assert TimelineEvent.objects.count() == 20


def test_a_customer_named_by_the_number_of_a_merged_card_is_the_one_it_is_in(api, anna):
    assert CustomerFactory().pk != anna.pk
    assert api.post(EVENTS, told(customer={"id": anna.pk})).json()["customer"] == anna.pk
