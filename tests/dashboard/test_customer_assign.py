"""Handing customers over, and taking them from the pool."""

import pytest
from django.test import Client
from django.urls import reverse

from core.roles import Role
from customers.models import Customer
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.dashboard import buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(ManagerFactory())
    return client


def test_the_whole_result_is_handed_over_after_its_number_was_confirmed(manager: Client) -> None:
    wanted = [buyer(grade="B").pk for _ in range(3)]
    other = buyer(grade="A")
    farmer = UserFactory()
    address = reverse("customer_assign")
    assert manager.get(address, {"grade": "B"}).context["count"] == 3
    manager.post(address, {"grade": "B", "count": "3", "new_owner": farmer.pk})
    assert set(Customer.objects.filter(owner=farmer).values_list("pk", flat=True)) == set(wanted)
    other.refresh_from_db()
    assert other.owner is None


def test_ticked_customers_alone_are_handed_over(manager: Client) -> None:
    first, second = buyer(), buyer()
    farmer = UserFactory()
    manager.post(reverse("customer_assign"), {"id": [first.pk], "count": "1", "new_owner": farmer.pk})
    assert list(Customer.objects.filter(owner=farmer)) == [first]
    second.refresh_from_db()
    assert second.owner is None


def test_a_number_that_changed_is_asked_again(manager: Client) -> None:
    buyer(grade="B")
    farmer = UserFactory()
    response = manager.post(reverse("customer_assign"), {"grade": "B", "count": "2", "new_owner": farmer.pk})
    assert response.status_code == 422
    assert not Customer.objects.filter(owner=farmer).exists()


def test_nobody_is_handed_over_without_a_choice(manager: Client) -> None:
    customer = buyer(owner=UserFactory())
    response = manager.post(reverse("customer_assign"), {"id": [customer.pk], "count": "1"})
    assert response.status_code == 422
    assert Customer.objects.filter(owner__isnull=False).count() == 1


def test_customers_go_back_to_the_pool(manager: Client) -> None:
    customer = buyer(owner=UserFactory())
    chosen = {"id": [customer.pk], "count": "1", "new_owner": "pool"}
    manager.post(reverse("customer_assign"), chosen)
    assert not Customer.objects.filter(owner__isnull=False).exists()


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER])
def test_only_managers_hand_customers_over(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.post(reverse("customer_assign"), {"count": "0"}).status_code == 403


def test_a_farmer_takes_a_customer_of_the_pool(client: Client) -> None:
    farmer, customer = UserFactory(), CustomerFactory()
    client.force_login(farmer)
    client.post(reverse("customer_take", args=[customer.pk]))
    customer.refresh_from_db()
    assert customer.owner == farmer


def test_a_customer_with_an_owner_cannot_be_taken(client: Client) -> None:
    owner = UserFactory()
    customer = CustomerFactory(owner=owner)
    client.force_login(UserFactory())
    client.post(reverse("customer_take", args=[customer.pk]))
    customer.refresh_from_db()
    assert customer.owner == owner
