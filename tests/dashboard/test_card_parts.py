"""What stands beside the card, changed in place."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.models import Change, User
from core.roles import Role
from customers.actions.own_fields import add_field, change_field
from customers.models import Address, ContactPerson, ContactPoint, Customer
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ABOUT = {"kind": "company", "name": "ООО Ромашка"}
PARTS = ("customer_about", "customer_own_fields", "customer_contacts", "customer_people", "customer_places")


@pytest.fixture
def farmer(client: Client) -> User:
    user = UserFactory(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def customer(farmer: User) -> Customer:
    return CustomerFactory(owner=farmer)


def send(client: Client, part: str, /, *ids: int, **data: Any) -> Any:
    return client.post(reverse(part, args=ids), data, headers={"HX-Request": "true"})


def test_details_are_changed_in_place_and_the_name_above_with_them(client: Client, customer: Customer) -> None:
    response = send(client, "customer_about", customer.pk, **ABOUT, tax_number="7707 083893", birthday="1990-05-01")
    customer.refresh_from_db()
    assert (customer.name, customer.tax_number, customer.birthday) == ("ООО Ромашка", "7707083893", date(1990, 5, 1))
    assert 'id="card-name" hx-swap-oob="true">ООО Ромашка' in response.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tax_number", "7707083894"),
        ("tax_number", "12"),
        ("birthday", "1899-01-01"),
        ("birthday", "2999-01-01"),
        ("time_zone", "Moon/Base"),
        ("name", ""),
    ],
)
def test_what_is_wrong_stands_at_its_field(client: Client, customer: Customer, field: str, value: str) -> None:
    response = send(client, "customer_about", customer.pk, **(ABOUT | {field: value}))
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_a_company_registered_abroad_has_a_number_of_its_own_kind(client: Client, customer: Customer) -> None:
    Address.objects.create(customer=customer, kind="legal", country="KZ", line="Abay 1")
    send(client, "customer_about", customer.pk, **ABOUT, tax_number="BIN-9910")
    customer.refresh_from_db()
    assert customer.tax_number == "BIN-9910"


def test_each_change_is_in_the_history(client: Client, customer: Customer) -> None:
    send(client, "customer_about", customer.pk, **ABOUT, city="Казань")
    change = Change.objects.filter(customer_id=customer.pk, table_name="customers_customer").latest("pk")
    assert (change.before["city"], change.after["city"]) == ("", "Казань")


def test_a_contact_goes_through_its_states_with_who_said_so(client: Client, farmer: User, customer: Customer) -> None:
    response = send(client, "customer_contacts", customer.pk, channel="email", value=" Anna@Mail.TEST ")
    point = customer.contact_points.get()
    assert (response.status_code, point.value) == (200, "anna@mail.test")
    html = send(client, "customer_contact", customer.pk, point.pk, status="bounced").content.decode()
    assert "Bounced" in html
    assert str(farmer) in html
    send(client, "customer_contact_remove", customer.pk, point.pk)
    assert not customer.contact_points.exists()


@pytest.mark.parametrize(("channel", "value"), [("phone", "call me"), ("pigeon", "coo"), ("email", "")])
def test_a_contact_that_is_none_is_refused_in_its_form(
    client: Client, customer: Customer, channel: str, value: str
) -> None:
    assert send(client, "customer_contacts", customer.pk, channel=channel, value=value).status_code == 422
    assert not ContactPoint.objects.exists()


def test_a_contact_person_has_contacts_of_their_own(client: Client, customer: Customer) -> None:
    send(client, "customer_people", customer.pk, name="Анна", role="buyer")
    person = customer.people.get()
    html = send(
        client, "customer_contacts", customer.pk, channel="phone", value="89121234567", person_id=person.pk
    ).content.decode()
    assert "Анна" in html
    assert customer.contact_points.get().person == person
    send(client, "customer_person", customer.pk, person.pk, name="Anna P.", role="director")
    person.refresh_from_db()
    assert (person.name, person.role) == ("Anna P.", "director")
    send(client, "customer_person_remove", customer.pk, person.pk)
    assert customer.contact_points.get().person is None


def test_a_person_of_another_customer_is_no_choice(client: Client, customer: Customer) -> None:
    ContactPerson.objects.create(customer=customer, name="Mine")
    foreign = ContactPerson.objects.create(customer=CustomerFactory(), name="Foreign")
    told = {"channel": "phone", "value": "89121234567", "person_id": foreign.pk}
    assert send(client, "customer_contacts", customer.pk, **told).status_code == 422
    assert send(client, "customer_person", customer.pk, foreign.pk, name="Stolen").status_code == 404


def test_addresses_are_added_changed_and_removed(client: Client, customer: Customer) -> None:
    place = {"kind": "delivery", "line": "Lenin 1", "city": "Omsk", "country": "ru"}
    send(client, "customer_places", customer.pk, **place)
    address = customer.addresses.get()
    assert address.country == "RU"
    assert send(client, "customer_places", customer.pk, **place).status_code == 422
    send(client, "customer_place", customer.pk, address.pk, **(place | {"line": "Lenin 2"}))
    address.refresh_from_db()
    assert address.line == "Lenin 2"
    send(client, "customer_place_remove", customer.pk, address.pk)
    assert not customer.addresses.exists()


def own_fields() -> None:
    add_field(name="Size", kind="number", code="size")
    add_field(name="Until", kind="date", code="until")
    add_field(name="Brand", kind="text", code="brand")
    add_field(name="Store", kind="yes_no", code="store")
    add_field(name="Point", kind="choice", choices=["Cafe", "Shop"], code="point")


def test_own_fields_are_kept_by_their_types_and_shown_in_words(client: Client, customer: Customer) -> None:
    own_fields()
    told = {"own-size": "42,5", "own-until": "2026-12-31", "own-brand": "Ё<b>", "own-store": "no", "own-point": "Cafe"}
    html = send(client, "customer_own_fields", customer.pk, **told).content.decode()
    customer.refresh_from_db()
    assert customer.custom == {"size": 42.5, "until": "2026-12-31", "brand": "Ё<b>", "store": False, "point": "Cafe"}
    for shown in ("42.5", "Ё&lt;b&gt;", "No", "Cafe"):
        assert shown in html


@pytest.mark.parametrize(("code", "value"), [("size", "much"), ("until", "31/12"), ("point", "Bar")])
def test_a_value_of_another_type_is_refused_at_its_field(
    client: Client, customer: Customer, code: str, value: str
) -> None:
    own_fields()
    response = send(client, "customer_own_fields", customer.pk, **{f"own-{code}": value})
    assert response.status_code == 422
    assert code in response.context["form"].errors


def test_an_emptied_field_is_taken_away_and_one_out_of_use_is_kept(client: Client, customer: Customer) -> None:
    own_fields()
    send(client, "customer_own_fields", customer.pk, **{"own-size": "5", "own-brand": "x"})
    field = add_field(name="Old", kind="text", code="old")
    Customer.objects.filter(pk=customer.pk).update(custom={"size": 5, "brand": "x", "old": "kept"})
    change_field(field_id=field.pk, name="Old", is_active=False)
    html = send(client, "customer_own_fields", customer.pk, **{"own-size": ""}).content.decode()
    customer.refresh_from_db()
    assert customer.custom == {"old": "kept"}
    assert "kept" not in html


def test_a_choice_that_was_taken_away_stays_with_who_has_it(client: Client, customer: Customer) -> None:
    field = add_field(name="Point", kind="choice", choices=["Cafe", "Bar"], code="point")
    Customer.objects.filter(pk=customer.pk).update(custom={"point": "Bar"})
    change_field(field_id=field.pk, name="Point", is_active=True, choices=["Cafe", "Shop"])
    html = client.get(reverse("customer_own_fields", args=[customer.pk]), {"edit": "1"}).content.decode()
    assert 'value="Bar" selected' in html


def test_tags_are_suggested_put_on_and_taken_off(client: Client, customer: Customer) -> None:
    send(client, "customer_tag_add", customer.pk, tag="  Опт  ")
    send(client, "customer_tag_add", customer.pk, tag="ОПТ")
    worn = customer.tags.get()
    assert worn.tag.name == "Опт"
    assert "Опт" in client.get(reverse("tag_suggestions"), {"tag": "оп"}).content.decode()
    send(client, "customer_tag_remove", customer.pk, worn.tag_id)
    assert not customer.tags.exists()


@pytest.mark.parametrize("tag", ["", "   ", "x" * 61])
def test_a_tag_is_a_few_words(client: Client, customer: Customer, tag: str) -> None:
    send(client, "customer_tag_add", customer.pk, tag=tag)
    assert not customer.tags.exists()


@pytest.mark.parametrize("part", [*PARTS, "customer_tag_add"])
def test_a_foreign_customer_and_a_marketer_change_nothing(client: Client, farmer: User, part: str) -> None:
    foreign = CustomerFactory(owner=UserFactory())
    assert send(client, part, foreign.pk).status_code == 404
    client.force_login(UserFactory(role=Role.MARKETER))
    assert send(client, part, foreign.pk).status_code == 403


@pytest.mark.parametrize("part", PARTS)
def test_an_erased_card_refuses_in_words(client: Client, customer: Customer, part: str) -> None:
    add_field(name="Size", kind="number", code="size")
    Customer.objects.filter(pk=customer.pk).update(erased_at=NOW)
    told = ABOUT | {"channel": "phone", "value": "89121234567", "line": "x", "own-size": "5"}
    response = send(client, part, customer.pk, **(told | {"kind": "delivery" if "place" in part else "person"}))
    assert response.status_code == 422
    assert "erased" in response.content.decode()


def test_two_people_changing_different_things_both_have_their_way(client: Client, customer: Customer) -> None:
    own_fields()
    Customer.objects.filter(pk=customer.pk).update(custom={"size": 1})
    send(client, "customer_own_fields", customer.pk, **{"own-size": "1", "own-brand": "x"})
    send(client, "customer_about", customer.pk, **ABOUT)
    customer.refresh_from_db()
    assert (customer.name, customer.custom["brand"]) == ("ООО Ромашка", "x")


def test_the_card_shows_all_of_it(client: Client, customer: Customer) -> None:
    client.force_login(ManagerFactory(language="en"))
    own_fields()
    person = ContactPerson.objects.create(customer=customer, name="Anna", role="buyer")
    ContactPointFactory(customer=customer, channel="telegram", value="anna", person=person)
    Address.objects.create(customer=customer, line="Lenin 1")
    html = client.get(reverse("customer_card", args=[customer.pk])).content.decode()
    for part in ("Contact persons", "Anna", "Lenin 1", "Own fields", "Size", "May we write?", "Personal data"):
        assert part in html
