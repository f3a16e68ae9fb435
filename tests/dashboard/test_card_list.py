"""Tags and own fields in the list of customers: filters, columns, and changes of the whole result."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import ChangeSet, User
from customers.actions.labels import add_tag
from customers.actions.own_fields import add_field
from customers.models import Customer, CustomerTag, Tag
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.dashboard import NOON

pytestmark = pytest.mark.django_db
ANNA = {"size": 42.5, "until": "2026-12-31", "brand": "Ёлка", "store": True, "point": "Cafe"}
BORIS = {"size": 39, "until": "2026-01-31", "brand": "x' OR 1=1", "store": False, "point": "Shop"}


@pytest.fixture
def manager(client: Client) -> User:
    user = ManagerFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def people(manager: User) -> None:
    add_field(name="Size", kind="number", code="size")
    add_field(name="Until", kind="date", code="until")
    add_field(name="Brand", kind="text", code="brand")
    add_field(name="Store", kind="yes_no", code="store")
    add_field(name="Point", kind="choice", choices=["Cafe", "Shop"], code="point")
    CustomerFactory(name="Anna", custom=ANNA)
    CustomerFactory(name="Boris", custom=BORIS)
    CustomerFactory(name="Nobody")
    CustomerFactory(name="Odd", custom={"size": "large", "until": 5})


def found(client: Client, **asked: Any) -> set[str]:
    return {str(row.customer) for row, _cells in client.get(reverse("customer_list"), asked).context["rows"]}


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"own_size_from": "40"}, {"Anna"}),
        ({"own_size_to": "42.5"}, {"Anna", "Boris"}),
        ({"own_size_from": "39", "own_size_to": "39"}, {"Boris"}),
        ({"own_until_from": "2026-02-01"}, {"Anna"}),
        ({"own_until_to": "2026-01-31"}, {"Boris"}),
        ({"own_brand": "ёлк"}, {"Anna"}),
        ({"own_brand": "' OR 1"}, {"Boris"}),
        ({"own_brand": "%"}, set()),
        ({"own_store": "yes"}, {"Anna"}),
        ({"own_store": "no"}, {"Boris"}),
        ({"own_point": "Cafe"}, {"Anna"}),
        ({"own_point": "Cafe", "own_store": "no"}, set()),
    ],
)
def test_each_kind_of_field_filters_in_its_way(client: Client, people: None, asked: dict, names: set[str]) -> None:
    assert found(client, **asked) == names


def test_the_address_of_a_filtered_list_asks_for_the_same_again(client: Client, people: None) -> None:
    asked = {
        "own_size_from": "40",
        "own_until_to": "2026-12-31",
        "own_store": "yes",
        "own_brand": "Ё",
        "own_point": "Cafe",
    }
    page = client.get(reverse("customer_list"), asked)
    assert dict(page.context["filters"].parameters()) == asked
    assert found(client, **asked) == {"Anna"}


def test_a_broken_filter_is_named_and_left_out(client: Client, people: None) -> None:
    page = client.get(reverse("customer_list"), {"own_size_from": "much", "own_point": "Bar"})
    assert {"own_size_from", "own_point"} <= set(page.context["form"].errors)
    assert len(page.context["rows"]) == 4


def test_own_fields_and_tags_are_columns_to_choose(client: Client, people: None, manager: User) -> None:
    anna = Customer.objects.get(name="Anna")
    add_tag(customer_id=anna.pk, name="<vip>", by=manager, at=NOON)
    client.post(reverse("customer_columns"), {"column": ["own_size", "own_store", "tags", "own_none"]})
    html = client.get(reverse("customer_list"), {"q": "Anna"}).content.decode()
    for shown in ("42.5", "Yes", "&lt;vip&gt;"):
        assert shown in html


def test_tags_filter_together(client: Client, people: None, manager: User) -> None:
    for name, tags in (("Anna", ("a", "b")), ("Boris", ("a",))):
        for tag in tags:
            add_tag(customer_id=Customer.objects.get(name=name).pk, name=tag, by=manager, at=NOON)
    ids = dict(Tag.objects.values_list("name", "pk"))
    assert found(client, tag=ids["a"]) == {"Anna", "Boris"}
    assert found(client, tag=[ids["a"], ids["b"]]) == {"Anna"}


def test_the_whole_result_is_tagged_and_taken_back(client: Client, people: None) -> None:
    asked = {"own_store": "yes"}
    address = reverse("customer_bulk_tag")
    assert client.get(address, asked).context["count"] == 1
    response = client.post(address, asked | {"count": "1", "action": "add", "new_tag": "vip"})
    made = ChangeSet.objects.get()
    assert response.url == reverse("customer_bulk_done", args=[made.pk])
    assert [tag.customer.name for tag in CustomerTag.objects.all()] == ["Anna"]
    client.post(reverse("customer_bulk_undo", args=[made.pk]))
    assert not CustomerTag.objects.exists()
    assert "taken back" in client.get(response.url).content.decode()


def test_a_number_that_changed_meanwhile_is_confirmed_again(client: Client, people: None) -> None:
    response = client.post(reverse("customer_bulk_tag"), {"count": "1", "action": "add", "new_tag": "vip"})
    assert response.status_code == 422
    assert not CustomerTag.objects.exists()


def test_a_farmer_tags_only_whom_they_see(client: Client, people: None) -> None:
    farmer = UserFactory()
    client.force_login(farmer)
    Customer.objects.update(owner=UserFactory())
    mine = CustomerFactory(owner=farmer)
    ids = list(Customer.objects.values_list("pk", flat=True))
    client.post(reverse("customer_bulk_tag"), {"id": ids, "count": "1", "action": "add", "new_tag": "vip"})
    assert CustomerTag.objects.get().customer == mine


def test_somebody_elses_change_is_not_taken_back_by_a_farmer(client: Client, people: None) -> None:
    client.post(reverse("customer_bulk_tag"), {"count": "4", "action": "add", "new_tag": "vip"})
    client.force_login(UserFactory())
    made = ChangeSet.objects.get()
    assert client.post(reverse("customer_bulk_undo", args=[made.pk])).status_code == 404
    assert client.get(reverse("customer_bulk_done", args=[made.pk])).status_code == 404
