"""Writing customers down, and keeping them right."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from core.errors import Conflict, InvalidInput
from core.models import User
from core.roles import Role
from customers.actions.editing import add_contact, give_up_contact
from customers.actions.erasure import erase_person
from customers.models import ContactPoint, Customer, StaleMark
from segmentation.actions import set_x_mark
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db
NEW = {"kind": "person", "name": "Анна", "phone": "8 912 345-67-89"}
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def farmer(client: Client) -> User:
    user = UserFactory(language="en")
    client.force_login(user)
    return user


def test_a_farmer_writes_down_a_customer_and_owns_it(client: Client, farmer: User) -> None:
    consents = {"consents": ["phone"], "consent_source": "by phone"}
    response = client.post(reverse("customer_new"), NEW | consents)
    customer = Customer.objects.get()
    assert response.url == reverse("customer_card", args=[customer.pk])
    assert (customer.name, customer.owner) == ("Анна", farmer)
    assert customer.contact_points.get().value == "+79123456789"
    assert customer.consents.get().source == "by phone"


def test_a_managers_new_customer_goes_to_the_pool(client: Client) -> None:
    client.force_login(ManagerFactory())
    client.post(reverse("customer_new"), NEW)
    assert Customer.objects.get().owner is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"phone": "123"}, "phone"),
        ({"phone": "", "email": "x@"}, "email"),
        ({"phone": ""}, "__all__"),
        ({"name": ""}, "name"),
        ({"consents": ["email"]}, "consent_source"),
        ({"time_zone": "Moon/Base"}, "time_zone"),
        ({"kind": "robot"}, "kind"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(client: Client, farmer: User, changed: dict, field: str) -> None:
    response = client.post(reverse("customer_new"), NEW | changed)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Customer.objects.exists()


def test_an_address_that_is_known_is_refused_and_the_customer_named(client: Client, farmer: User) -> None:
    ContactPointFactory(customer=CustomerFactory(name="Known", owner=farmer), channel="phone", value="+79123456789")
    response = client.post(reverse("customer_new"), NEW)
    assert "Known" in str(response.context["form"].errors["phone"])
    assert Customer.objects.count() == 1


def test_a_foreign_customer_behind_an_address_is_not_named(client: Client, farmer: User) -> None:
    foreign = CustomerFactory(name="Secret", owner=UserFactory())
    ContactPointFactory(customer=foreign, channel="phone", value="+79123456789")
    response = client.post(reverse("customer_new"), NEW)
    assert response.status_code == 422
    assert "Secret" not in response.content.decode()


def test_details_are_changed_and_the_figures_computed_again(client: Client, farmer: User) -> None:
    customer = CustomerFactory(owner=farmer)
    details = {"kind": "company", "name": "ООО Ромашка", "city": "Казань", "time_zone": "Europe/Moscow"}
    client.post(reverse("customer_edit", args=[customer.pk]), details)
    customer.refresh_from_db()
    assert (customer.kind, customer.name, customer.city) == ("company", "ООО Ромашка", "Казань")
    assert StaleMark.objects.filter(customer=customer).exists()


def test_a_contact_given_up_is_valid_again_when_it_is_added_again() -> None:
    point = ContactPointFactory(channel="phone", value="+79123456789")
    give_up_contact(customer_id=point.customer_id, contact_id=point.pk)
    again = add_contact(customer_id=point.customer_id, channel="phone", value="89123456789", at=NOW)
    assert (again.pk, again.status) == (point.pk, "valid")
    with pytest.raises(Conflict):
        add_contact(customer_id=point.customer_id, channel="phone", value="89123456789", at=NOW)


@pytest.mark.parametrize(("channel", "value"), [("pigeon", "coo"), ("email", "nobody")])
def test_a_contact_must_be_an_address_on_a_known_channel(channel: str, value: str) -> None:
    with pytest.raises(InvalidInput):
        add_contact(customer_id=CustomerFactory().pk, channel=channel, value=value, at=NOW)
    assert not ContactPoint.objects.exists()


def test_the_mark_x_is_offered_and_then_shown(client: Client, farmer: User) -> None:
    customer = CustomerFactory(owner=farmer)
    assert (
        reverse("x_mark", args=[customer.pk])
        in client.get(reverse("customer_edit", args=[customer.pk])).content.decode()
    )
    set_x_mark(customer_id=customer.pk, capability="Delivery on Sundays", potential=Decimal(250000), by=farmer, at=NOW)
    for page in ("customer_card", "customer_edit"):
        assert "Delivery on Sundays" in client.get(reverse(page, args=[customer.pk])).content.decode()


def test_a_foreign_customer_cannot_be_changed(client: Client, farmer: User) -> None:
    foreign = CustomerFactory(owner=UserFactory())
    assert client.post(reverse("customer_edit", args=[foreign.pk]), {}).status_code == 404


def test_a_marketer_changes_nothing(client: Client) -> None:
    client.force_login(UserFactory(role=Role.MARKETER))
    assert client.get(reverse("customer_new")).status_code == 403


def test_an_address_of_an_erased_person_wants_a_consent(client: Client, farmer: User) -> None:
    known = ContactPointFactory(channel="phone", value="+79123456789").customer
    erase_person(customer_id=known.pk, by=farmer, at=NOW)
    assert "erased" in str(client.post(reverse("customer_new"), NEW).context["form"].errors["phone"])
    assert Customer.objects.count() == 1
    client.post(reverse("customer_new"), NEW | {"consents": ["phone"], "consent_source": "by phone"})
    assert Customer.objects.get(owner=farmer).contact_points.get().value == "+79123456789"
