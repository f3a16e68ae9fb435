"""Finding customers by what people type."""

import pytest

from core.models import User
from customers.models import Customer, ExternalRef
from dashboard.queries.customer_search import search
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.dashboard import buyer

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna() -> Customer:
    customer = buyer(name="Анна Петрова-Водкина", phone="+79123456789", email="anna@mail.test")
    ContactPointFactory(customer=customer, channel="telegram", value="anna_petrova")
    ExternalRef.objects.create(customer=customer, source="shop", external_id="C-77")
    OrderFactory(customer=customer, number="А-000123", external_id="x-9")
    CustomerFactory(name="Борис Кац")
    return customer


def found(text: str, user: User | None = None) -> list[str]:
    visible = Customer.objects.for_user(user or ManagerFactory())
    return sorted(search(visible, text).values_list("name", flat=True))


@pytest.mark.parametrize(
    "text",
    [
        "+7 912 345-67-89",
        "8 (912) 345 67 89",
        "9123456789",
        "89123456789",
        "8 912 345",
        "+7912",
        "912345",
    ],
)
def test_a_phone_is_found_however_it_is_written(anna: Customer, text: str) -> None:
    assert found(text) == [anna.name]


@pytest.mark.parametrize("text", ["петрова", "ПЕТРОВА анна", "  водкина ", "Анна Пет"])
def test_a_name_is_found_by_parts_in_any_order_and_case(anna: Customer, text: str) -> None:
    assert found(text) == [anna.name]


@pytest.mark.parametrize("text", ["anna@mail.test", "ANNA@mail", "C-77", "А-000123", "x-9", "@anna_petrova"])
def test_addresses_ids_and_order_numbers_are_found(anna: Customer, text: str) -> None:
    assert found(text) == [anna.name]


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR 1=1 --", "8 912 345-67-80", "nobody@mail.test"])
def test_nothing_is_found_by_wildcards_or_other_addresses(anna: Customer, text: str) -> None:
    assert found(text) == []


def test_an_empty_search_lets_everybody_through(anna: Customer) -> None:
    assert len(found("   ")) == 2


def test_a_farmer_does_not_find_the_customers_of_another(anna: Customer) -> None:
    Customer.objects.filter(pk=anna.pk).update(owner=UserFactory())
    assert found("9123456789", UserFactory()) == []
