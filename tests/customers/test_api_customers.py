"""Customers through the API."""

import pytest
from django.utils import timezone

from core.models import ApiToken, Change, ChangeSet
from customers.api.schemas import contacts, customers, events, obligations, orders, products, shared
from customers.models import (
    AccessEntry,
    Customer,
    CustomerTag,
    CustomField,
    ExternalRef,
    MergedCustomer,
    Tag,
)
from customers.rules import amending, contact_rows, naming, reading
from customers.rules import events as event_rules
from customers.rules import obligations as obligation_rules
from customers.rules import products as product_rules
from tests.customers.clients import client_of
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory

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
    pk = Customer.objects.get().pk
    assert created.status_code == 201
    assert created.json() == {"fate": "created", "id": pk, "customer": pk, "source": "shop", "external_id": "7"}
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


def test_a_push_fills_the_whole_card(api):
    UserFactory(email="farmer@ferma.test")
    CustomField.objects.create(code="size", name="Size", kind="number")
    pushed = api.post(
        CUSTOMERS,
        ANNA
        | {
            "kind": "company",
            "tax_number": "7707083893",
            "birthday": "2001-02-03",
            "owner": "farmer@ferma.test",
            "tags": ["VIP", "tea"],
            "custom": {"size": 38},
            "addresses": [{"kind": "legal", "country": "ru", "city": "Tver", "line": "Lenina 1"}],
            "people": [{"name": "Boris", "role": "buyer"}],
        },
    )
    body = api.get(f"{CUSTOMERS}{pushed.json()['id']}/").json()
    assert (body["tax_number"], body["birthday"], body["owner"]) == ("7707083893", "2001-02-03", "farmer@ferma.test")
    assert (sorted(body["tags"]), body["custom"]) == (["VIP", "tea"], {"size": 38})
    assert body["addresses"] == [{"kind": "legal", "country": "RU", "postcode": "", "city": "Tver", "line": "Lenina 1"}]
    assert body["people"][0]["name"] == "Boris"


def test_a_bulk_tells_the_fate_of_each_customer(api):
    response = api.post(f"{CUSTOMERS}bulk/", {"customers": [ANNA, ANNA | {"external_id": "8", "phone": "1"}, 5]})
    assert response.status_code == 207
    rows = response.json()["results"]
    assert [row["fate"] for row in rows] == ["created", "refused", "refused"]
    assert [item["attr"] for item in rows[1]["errors"]] == ["phone"]
    assert rows[0]["external_id"] == "7"


def test_one_customer_is_changed_in_what_is_named(api):
    CustomField.objects.create(code="size", name="Size", kind="number")
    pk = api.post(CUSTOMERS, {**ANNA, "city": "Tver", "tags": ["old", "kept"]}).json()["id"]
    changes = {"name": "Boris", "city": None, "tags": ["kept", "new"], "custom": {"size": 5}, "birthday": "2000-01-01"}
    body = api.patch(f"{CUSTOMERS}{pk}/", changes).json()
    assert (body["name"], body["city"], body["birthday"], body["kind"]) == ("Boris", "", "2000-01-01", "person")
    assert (sorted(body["tags"]), body["custom"]) == (["kept", "new"], {"size": 5})
    assert len(body["contacts"]) == 2


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": None}, "kind"),
        ({"birthday": "2999-01-01"}, "birthday"),
        ({"tags": "VIP"}, "tags"),
        ({"tags": [5.5]}, "tags.0"),
        ({"custom": {"unknown": 1}}, "custom.unknown"),
        ({"owner": "nobody@ferma.test"}, "owner"),
        ({"time_zone": "Mars"}, "time_zone"),
        ({"tax_number": "7707083890"}, "tax_number"),
        ({"phone": "1"}, "phone"),
        ([], None),
    ],
)
def test_a_change_that_is_none_names_its_field(api, changes, field):
    pk = api.post(CUSTOMERS, ANNA).json()["id"]
    response = api.patch(f"{CUSTOMERS}{pk}/", changes)
    assert response.status_code in (400, 422)
    assert {item["attr"] for item in response.json()["errors"]} == {field}


def test_a_customer_is_handed_over_and_back_to_the_pool(api):
    farmer = UserFactory(email="farmer@ferma.test")
    pk = api.post(CUSTOMERS, ANNA).json()["id"]
    assert api.patch(f"{CUSTOMERS}{pk}/", {"owner": "Farmer@Ferma.test"}).json()["owner"] == farmer.email
    assert api.patch(f"{CUSTOMERS}{pk}/", {"owner": None}).json()["owner"] is None


def test_a_farmers_token_hands_nobody_over():
    farmer = UserFactory()
    customer = CustomerFactory(owner=farmer)
    client = client_of(farmer, "customers:write")
    assert client.patch(f"{CUSTOMERS}{customer.pk}/", {"owner": None}).status_code == 403
    assert client.patch(f"{CUSTOMERS}{customer.pk}/", {"name": "Boris"}).status_code == 200
    foreign = CustomerFactory(owner=UserFactory())
    assert client.patch(f"{CUSTOMERS}{foreign.pk}/", {"name": "Boris"}).status_code == 404


def test_the_number_of_a_merged_card_leads_to_the_one_it_is_in(api):
    customer = CustomerFactory()
    merge = ChangeSet.objects.create(kind="merge", at=timezone.now())
    MergedCustomer.objects.create(old_id=10**9, customer=customer, change_set=merge)
    response = api.get(f"{CUSTOMERS}{10**9}/")
    assert (response.status_code, response["Location"]) == (301, f"http://testserver{CUSTOMERS}{customer.pk}/")
    assert api.patch(f"{CUSTOMERS}{10**9}/", {"name": "x"}).status_code == 308
    assert client_of(UserFactory(), "customers:read").get(f"{CUSTOMERS}{10**9}/").status_code == 301
    customer.owner = UserFactory()
    customer.save()
    assert client_of(UserFactory(), "customers:read").get(f"{CUSTOMERS}{10**9}/").status_code == 404


def test_customers_are_read_by_filters(api):
    CustomField.objects.create(code="size", name="Size", kind="number")
    owner = UserFactory(email="farmer@ferma.test")
    tag = Tag.objects.create(name="VIP")
    wanted = CustomerFactory(kind="company", tax_number="7707083893", owner=owner, custom={"size": 38})
    CustomerTag.objects.create(customer=wanted, tag=tag)
    for source, external_id in (("shop", "1"), ("shop", "2"), ("till", "3")):
        ExternalRef.objects.create(customer=wanted, source=source, external_id=external_id)
    CustomerFactory()
    for query in (
        {"kind": "company"},
        {"tag": "vip"},
        {"owner": owner.email},
        {"tax_number": "7707083893"},
        {"custom": "size:38"},
        {"source": "shop"},
        {"source": "till", "external_id": "3"},
    ):
        assert [row["id"] for row in api.get(CUSTOMERS, query).json()["results"]] == [wanted.pk], query
    assert api.get(CUSTOMERS, {"source": "till", "external_id": "1"}).json()["results"] == []
    assert api.get(CUSTOMERS, {"custom": "unknown:1"}).status_code == 422


def test_reading_customers_is_written_down_a_page_at_a_time(api):
    CustomerFactory.create_batch(3)
    api.get(CUSTOMERS, {"page_size": 2, "phone": ""}, HTTP_USER_AGENT="shop/1.0")
    entry = AccessEntry.objects.get()
    assert (entry.kind, entry.customers, entry.agent, entry.ip) == ("api", 2, "shop/1.0", "127.0.0.1")
    assert entry.detail["path"] == CUSTOMERS
    assert entry.detail["by"] == ["phone"]
    one = CustomerFactory()
    api.get(f"{CUSTOMERS}{one.pk}/")
    assert AccessEntry.objects.order_by("-pk").values_list("customers", "customer").first() == (1, one.pk)
    api.get(CUSTOMERS, {"source": "nobody"})
    api.get(f"{CUSTOMERS}{10**12}/")
    assert AccessEntry.objects.count() == 2


def test_what_a_token_changes_is_journaled_as_done_by_its_user(api, token):
    customer = CustomerFactory(name="Anna")
    api.patch(f"{CUSTOMERS}{customer.pk}/", {"name": "Boris"})
    change = Change.objects.get(table_name="customers_customer", operation="U")
    assert (change.origin, change.actor_id) == ("api", ApiToken.objects.get().user_id)
    assert (change.before["name"], change.after["name"]) == ("Anna", "Boris")


def test_reading_takes_the_same_queries_for_one_customer_and_for_many(api, django_assert_num_queries):
    CustomerFactory()
    api.get(CUSTOMERS)
    with django_assert_num_queries(8):
        api.get(CUSTOMERS)
    CustomerFactory.create_batch(5)
    with django_assert_num_queries(8):
        api.get(CUSTOMERS)


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        (orders.OrderIn, reading.ORDER_FIELDS),
        (orders.LineIn, reading.LINE_FIELDS),
        (customers.CustomerIn, reading.CUSTOMER_FIELDS),
        (customers.CustomerPush, reading.CUSTOMER_FIELDS | reading.CARD_FIELDS | {"source"}),
        (customers.ConsentIn, reading.CONSENT_FIELDS),
        (customers.CustomerChange, amending.AMENDED_FIELDS),
        (contacts.ContactRowIn, contact_rows.CONTACT_FIELDS),
        (contacts.ConsentRowIn, contact_rows.CONSENT_FIELDS),
        (shared.NameIn, naming.NAME_FIELDS),
        (products.ProductIn, product_rules.PRODUCT_FIELDS),
        (products.CategoryIn, product_rules.CATEGORY_FIELDS),
        (obligations.ObligationIn, obligation_rules.OBLIGATION_FIELDS),
        (obligations.OrderRefIn, obligation_rules.ORDER_FIELDS),
        (events.EventIn, event_rules.EVENT_FIELDS),
        (events.ItemIn, event_rules.ITEM_FIELDS),
    ],
)
def test_the_description_names_exactly_the_fields_that_are_read(schema, fields):
    assert set(schema().fields) == fields
