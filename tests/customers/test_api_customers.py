"""Customers through the API."""

import pytest

from customers.api import schemas
from customers.models import Customer
from customers.rules import reading
from tests.factories.customers import ContactPointFactory

pytestmark = pytest.mark.django_db

CUSTOMERS = "/api/v1/customers/"
ANNA = {
    "source": "shop",
    "external_id": "7",
    "name": "Анна",
    "phone": "8 912 345-67-89",
    "email": "Anna@Shop.test",
}


def test_a_customer_is_created_then_unchanged_then_updated(api):
    created = api.post(CUSTOMERS, ANNA)
    assert (created.status_code, created.json()) == (
        201,
        {"fate": "created", "id": Customer.objects.get().pk},
    )
    assert api.post(CUSTOMERS, ANNA).json()["fate"] == "unchanged"
    assert api.post(CUSTOMERS, {**ANNA, "city": "Tver"}).json()["fate"] == "updated"


def test_mistakes_are_named_with_their_fields(api):
    response = api.post(CUSTOMERS, {"name": 5.5, "phone": "12", "consents": [{"channel": "post"}], "nmae": "x"})
    assert response.status_code == 400
    assert {item["attr"] for item in response.json()["errors"]} == {
        "source",
        "name",
        "phone",
        "consents.0.channel",
        "nmae",
    }
    assert not Customer.objects.exists()


def test_a_customer_is_found_by_a_phone_however_it_is_written(api):
    pk = api.post(CUSTOMERS, ANNA).json()["id"]
    ContactPointFactory()
    for query in (
        {"phone": "+7 (912) 345 67 89"},
        {"email": "ANNA@shop.test"},
        {"source": "shop", "external_id": "7"},
    ):
        assert [row["id"] for row in api.get(CUSTOMERS, query).json()["results"]] == [pk], query
    assert api.get(CUSTOMERS, {"phone": "nobody"}).json()["results"] == []


def test_one_customer_is_read_with_addresses_and_ids(api):
    pk = api.post(CUSTOMERS, ANNA).json()["id"]
    body = api.get(f"{CUSTOMERS}{pk}/").json()
    assert (body["name"], body["kind"], body["owner"]) == ("Анна", "person", None)
    assert {contact["value"] for contact in body["contacts"]} == {"+79123456789", "anna@shop.test"}
    assert body["external_refs"] == [{"source": "shop", "external_id": "7"}]


def test_a_new_address_counts_as_a_change_of_the_customer(api):
    pk = api.post(CUSTOMERS, ANNA).json()["id"]
    before = api.get(f"{CUSTOMERS}{pk}/").json()["updated_at"]
    api.post(CUSTOMERS, {**ANNA, "email": "other@shop.test"})
    assert api.get(f"{CUSTOMERS}{pk}/").json()["updated_at"] > before


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        (schemas.OrderIn, reading.ORDER_FIELDS),
        (schemas.LineIn, reading.LINE_FIELDS),
        (schemas.CustomerIn, reading.CUSTOMER_FIELDS),
        (schemas.CustomerPush, reading.CUSTOMER_FIELDS | {"source"}),
    ],
)
def test_the_description_names_exactly_the_fields_that_are_read(schema, fields):
    assert set(schema().fields) == fields
