"""Addresses and consents through the API."""

import pytest
from django.utils import timezone

from customers.models import Consent, ContactPoint, Customer, TimelineEvent
from tests.customers.clients import client_of
from tests.factories.core import UserFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db

CONTACTS, CONSENTS = "/api/v1/contacts/", "/api/v1/consents/"


@pytest.fixture
def anna(db):
    return CustomerFactory(name="Anna")


def fates(response):
    return [row["fate"] for row in response.json()["results"]]


def test_an_address_is_added_once_and_its_state_told(api, anna):
    body = {"customer": {"id": anna.pk}, "channel": "email", "value": "Anna@Shop.test"}
    before = Customer.objects.get().updated_at
    created = api.post(CONTACTS, body)
    assert (created.status_code, created.json()["customer"]) == (201, anna.pk)
    assert api.post(CONTACTS, body).json()["fate"] == "unchanged"
    assert api.post(CONTACTS, body | {"status": "bounced"}).json()["fate"] == "updated"
    assert api.post(CONTACTS, body).json()["fate"] == "unchanged"
    point = ContactPoint.objects.get()
    assert (point.value, point.status) == ("anna@shop.test", "bounced")
    assert Customer.objects.get().updated_at > before
    assert list(TimelineEvent.objects.values_list("kind", flat=True)) == ["contact_added"]


def test_addresses_of_one_customer_have_an_address_of_their_own(api, anna):
    path = f"/api/v1/customers/{anna.pk}/contacts/"
    assert api.post(path, {"channel": "phone", "value": "8 912 345-67-89"}).status_code == 201
    ContactPointFactory()
    assert [row["value"] for row in api.get(path).json()["results"]] == ["+79123456789"]
    assert api.post(path, {"channel": "phone", "value": "1"}).json()["errors"][0]["attr"] == "value"
    assert api.post(path, {"customer": {"id": 1}, "channel": "email", "value": "a@b.test"}).status_code == 400
    assert api.get(f"/api/v1/customers/{10**12}/contacts/").status_code == 404
    assert api.post(f"/api/v1/customers/{10**12}/contacts/", {}).status_code == 404


def test_a_bulk_tells_the_fate_of_each_address(api, anna):
    known = ContactPointFactory(customer=anna, value="known@shop.test")
    erased = CustomerFactory(erased_at=timezone.now())
    named = {"id": anna.pk}
    rows = [
        {"customer": named, "channel": "email", "value": known.value, "status": "unreachable"},
        {"customer": named, "channel": "telegram", "value": "@anna_p"},
        {"customer": named, "channel": "telegram", "value": "ANNA_P"},
        {"customer": named, "channel": "fax", "value": "1"},
        {"customer": {"email": "nobody@shop.test"}, "channel": "email", "value": "x@shop.test"},
        {"customer": {"id": erased.pk}, "channel": "email", "value": "x@shop.test"},
    ]
    response = api.post(f"{CONTACTS}bulk/", {"contacts": rows})
    assert fates(response) == ["updated", "created", "refused", "refused", "refused", "refused"]
    codes = [row["errors"][0]["code"] for row in response.json()["results"][2:]]
    assert codes == ["repeated_in_batch", "unknown_choice", "unknown_customer", "customer_erased"]


def test_whatever_changes_an_address_is_news_for_who_asks_what_changed(api, anna):
    point = ContactPointFactory(customer=anna)
    ContactPoint.objects.update(updated_at="2026-01-01T00:00:00Z")
    asked = {"updated_since": "2026-01-02T00:00:00Z"}
    assert api.get(CONTACTS, asked).json()["results"] == []
    ContactPoint.objects.filter(pk=point.pk).update(status="bounced")
    assert [row["id"] for row in api.get(CONTACTS, asked).json()["results"]] == [point.pk]


def test_a_consent_is_appended_once_and_withdrawn(api, anna):
    body = {
        "source": "site", "customer": {"id": anna.pk}, "channel": "email", "at": "2026-01-15T12:00:00Z",
        "proof": "form 5", "text_version": "2026-01",
    }  # fmt: skip
    created = api.post(CONSENTS, body)
    assert created.status_code == 201
    assert api.post(CONSENTS, body).json() == created.json() | {"fate": "unchanged"}
    withdrawn = {"source": "site", "customer": {"id": anna.pk}, "channel": "email", "action": "withdrawn"}
    assert [api.post(CONSENTS, withdrawn).status_code for _again in range(2)] == [201, 200]
    rows = api.get(CONSENTS, {"customer": anna.pk}).json()["results"]
    assert [(row["action"], row["proof"], row["text_version"]) for row in rows] == [
        ("withdrawn", "", ""), ("granted", "form 5", "2026-01"),
    ]  # fmt: skip


def test_a_bulk_tells_the_fate_of_each_consent(api, anna):
    row = {"source": "site", "customer": {"id": anna.pk}, "channel": "email", "at": "2026-01-15T12:00:00Z"}
    rows = [row, row, row | {"channel": "phone"}, row | {"customer": {"id": 10**12}}, row | {"at": "2999-01-01"}]
    response = api.post(f"{CONSENTS}bulk/", {"consents": rows})
    assert fates(response) == ["created", "unchanged", "created", "refused", "refused"]
    assert Consent.objects.count() == 2


def test_what_was_told_late_is_news_too(api):
    ConsentFactory()
    assert len(api.get(CONSENTS, {"updated_since": "2026-01-01T00:00:00Z"}).json()["results"]) == 1


def test_a_farmers_token_sees_and_writes_its_own_customers_only(api):
    foreign = ContactPointFactory(customer=CustomerFactory(owner=UserFactory()))
    ConsentFactory(customer=foreign.customer)
    client, named = client_of(UserFactory()), {"id": foreign.customer_id}
    assert client.get(CONTACTS).json()["results"] == client.get(CONSENTS).json()["results"] == []
    assert client.get(f"/api/v1/customers/{foreign.customer_id}/contacts/").status_code == 404
    refused = [
        client.post(CONTACTS, {"customer": named, "channel": "email", "value": "x@shop.test"}),
        client.post(CONSENTS, {"source": "x", "customer": named, "channel": "email"}),
    ]
    assert [each.json()["errors"][0]["code"] for each in refused] == ["unknown_customer"] * 2
