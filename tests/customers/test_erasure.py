"""Erasing a person: nothing personal stays anywhere, and no figure moves."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from campaigns.models import Delivery, MessageChannel, OutboxMessage, Suppression
from campaigns.queries.permission import permissions
from core.errors import Conflict
from core.journal import change_set, undo
from core.models import Change, ChangeKind, User
from core.roles import Role
from customers.actions import CustomerData, add_event, record_consent, record_customer
from customers.actions.editing import add_contact, change_custom, change_customer
from customers.actions.erasure import erase_person
from customers.actions.labels import add_tag
from customers.actions.own_fields import add_field
from customers.actions.surroundings import save_address, save_person
from customers.models import Customer, ErasedIdentity, EventKind, Order
from customers.queries.personal import keys_to_customer, personal_models, undeclared
from customers.rules.records import ConsentData, ContactData
from segmentation.actions import conclude_base, recompute_cohorts, recompute_statistics
from segmentation.models import Cohort, Standing
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import OrderFactory
from tests.factories.nps import InvitationFactory, ResponseFactory
from tests.factories.touches import TaskFactory, TouchFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECRET = "Zarathustra"
PHONE = "+79125550134"
EMAIL = "zarathustra@secret.test"


@pytest.fixture
def manager() -> User:
    return ManagerFactory()


@pytest.fixture
def person(manager: User) -> Customer:
    """Somebody whose every text carries the name, and who was changed, so that the journal knows it too."""
    told = CustomerData(
        source="shop",
        external_id=f"{SECRET}-7",
        name=SECRET,
        city=f"{SECRET} city",
        contacts=(ContactData("phone", PHONE), ContactData("email", EMAIL)),
    )
    customer = Customer.objects.get(pk=record_customer(customer=told, now=NOW).customer_id)
    pk = customer.pk
    add_field(name="Nick", kind="text", code="nick")
    change_custom(customer_id=pk, told={"nick": f"{SECRET} nick"}, at=NOW)
    change_customer(customer_id=pk, name=f"{SECRET} von Sils", tax_number="500100732259", at=NOW)
    save_person(customer_id=pk, name=f"{SECRET} wife", role="x", note=SECRET, at=NOW)
    save_address(customer_id=pk, kind="delivery", country="", postcode="", city=SECRET, line=SECRET, at=NOW)
    add_contact(customer_id=pk, channel="telegram", value=SECRET.lower(), at=NOW)
    add_tag(customer_id=pk, name="friend", by=manager, at=NOW)
    record_consent(customer_id=pk, channel="email", action="granted", at=NOW, source=SECRET, proof=f"{SECRET} said so")
    order = OrderFactory(customer=customer, placed_at=NOW - timedelta(days=3), revenue=1234, known_cost=1000)
    invitation = InvitationFactory(order=order, created_at=NOW)
    ResponseFactory(invitation=invitation, score=9, comment=f"{SECRET} comment", answered_at=NOW)
    TouchFactory(customer=customer, note=f"{SECRET} talk", at=NOW)
    TaskFactory(customer=customer, note=f"{SECRET} task", due_on=NOW.date())
    add_event(customer_id=pk, kind=EventKind.TOUCH, at=NOW, data={"note": f"{SECRET} note"})
    Delivery.objects.create(
        key="x", customer=customer, channel="email", purpose="marketing", template_code="a", due_at=NOW, address=EMAIL,
        subject=SECRET, body=SECRET, context={"name": SECRET},
    )  # fmt: skip
    OutboxMessage.objects.create(channel="email", to=EMAIL, subject="x", text=SECRET)
    Suppression.objects.create(channel="email", address=EMAIL, reason="asked", at=NOW)
    return customer


def tables_that_hold(*words: str) -> list[str]:
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for word in words:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{word}%"])
                if cursor.fetchone()[0]:
                    found.append(f"{table}: {word}")
    return found


def test_nothing_of_the_person_is_left_in_any_table(person: Customer, manager: User) -> None:
    assert len(tables_that_hold(SECRET)) >= 12
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    assert tables_that_hold(SECRET, PHONE[-10:], EMAIL, "500100732259") == []


def test_orders_and_every_sum_stay_to_the_kopeck(person: Customer, manager: User) -> None:
    OrderFactory(placed_at=NOW - timedelta(days=9), revenue=777)
    compute()
    before = figures()
    assert len(before["segmentation_standing"]) == 2
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    compute()
    assert figures() == before


def compute() -> None:
    recompute_statistics(as_of=NOW.date())
    conclude_base(as_of=NOW.date(), now=NOW)
    recompute_cohorts(as_of=NOW.date())


def figures() -> dict[str, Any]:
    tables = ("segmentation_purchasestatistics", "segmentation_standing")
    told: dict[str, Any] = {"orders": list(Order.objects.order_by("pk").values_list("pk", "revenue", "known_cost"))}
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY customer_id")
            told[table] = cursor.fetchall()
    return told | {"cohorts": list(Cohort.objects.values("month", "customers", "realised", "repeat"))}


def test_who_erased_and_when_stays_in_the_history(person: Customer, manager: User) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    person.refresh_from_db()
    assert (str(person), person.erased_at) == (f"№ {person.pk}", NOW)
    assert person.timeline.filter(kind=EventKind.ERASED).get().data == {"by": manager.pk}
    changes = Change.objects.filter(customer_id=person.pk, table_name="customers_customer")
    assert [set(change.after) - {"updated_at"} for change in changes] == [{"erased_at"}]


def test_an_erased_card_is_erased_once_and_takes_nothing_more(person: Customer, manager: User) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    with pytest.raises(Conflict):
        erase_person(customer_id=person.pk, by=manager, at=NOW)
    with pytest.raises(Conflict):
        change_customer(customer_id=person.pk, name="Back", at=NOW)
    with pytest.raises(Conflict):
        add_contact(customer_id=person.pk, channel="email", value="new@mail.test", at=NOW)


def pushed(**fields: Any) -> CustomerData:
    told = {"source": "shop", "external_id": f"{SECRET}-7", "name": SECRET, "contacts": (ContactData("email", EMAIL),)}
    return CustomerData(**(told | fields))


def test_the_same_customer_pushed_again_brings_nothing_personal_back(person: Customer, manager: User) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    result = record_customer(customer=pushed(), now=NOW + timedelta(days=1))
    assert result.customer_id == person.pk
    assert tables_that_hold(SECRET, EMAIL) == []


def test_an_erased_address_pushed_by_another_shop_is_the_same_card(person: Customer, manager: User) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    again = pushed(source="other", external_id="1", contacts=(ContactData("phone", PHONE),))
    assert record_customer(customer=again, now=NOW).customer_id == person.pk
    assert tables_that_hold(SECRET, PHONE[-10:]) == []


def test_a_known_customer_keeps_everything_but_the_erased_address(person: Customer, manager: User) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    mine = ContactData("phone", "+79121112233")
    other = record_customer(customer=pushed(external_id="8", name="Wife", contacts=(mine,)), now=NOW)
    both = pushed(external_id="8", name="Wife", contacts=(mine, ContactData("email", EMAIL)))
    assert record_customer(customer=both, now=NOW).customer_id == other.customer_id != person.pk
    assert tables_that_hold(EMAIL) == []


@pytest.mark.parametrize(("days", "is_back"), [(1, True), (-1, False), (None, False)])
def test_only_a_consent_given_later_lets_the_data_in_again(
    person: Customer, manager: User, days: int | None, is_back: bool
) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    at = NOW + timedelta(days=days) if days is not None else None
    again = pushed(consents=(ConsentData("email", "granted", at=at),))
    record_customer(customer=again, now=NOW + timedelta(days=2))
    assert Customer.objects.filter(name=SECRET).exists() is is_back
    record_customer(customer=pushed(), now=NOW + timedelta(days=3))
    assert Customer.objects.filter(name=SECRET).count() == int(is_back)


def test_an_erased_address_on_another_card_gets_nothing(person: Customer, manager: User) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    wife = Customer.objects.create(name="Wife")
    add_contact(customer_id=wife.pk, channel="email", value=EMAIL, at=NOW)
    record_consent(customer_id=wife.pk, channel="email", action="granted", at=NOW, source="form")
    by_email = next(p for p in permissions(wife.pk, NOW) if p.channel == MessageChannel.EMAIL)
    assert by_email.verdict.reason == "suppressed"


def test_what_was_done_before_can_still_be_taken_back_without_bringing_anything(manager: User) -> None:
    with change_set(kind=ChangeKind.BULK_EDIT, by=manager, at=NOW) as made:
        customer = Customer.objects.create(name="A")
        Customer.objects.filter(pk=customer.pk).update(name=SECRET, channel_code="ads")
        save_person(customer_id=customer.pk, name=SECRET, role="", note="", at=NOW)
    erase_person(customer_id=customer.pk, by=manager, at=NOW)
    undo(made=made, by=manager, at=NOW)
    assert Customer.objects.get(pk=customer.pk).name == ""
    assert tables_that_hold(SECRET) == []


def test_the_hashes_say_nothing_without_the_key(person: Customer, manager: User) -> None:
    erase_person(customer_id=person.pk, by=manager, at=NOW)
    digests = ErasedIdentity.objects.filter(customer=person).values_list("digest", flat=True)
    assert len(digests) == 4
    assert SECRET.lower() not in json.dumps(list(digests)).lower()


def test_every_model_with_customers_says_what_of_it_is_personal() -> None:
    models = [model for model in apps.get_models() if model is Customer or keys_to_customer(model)]
    assert {model.__name__: missing for model in models if (missing := undeclared(model))} == {}
    assert {Customer, Standing} <= {personal.model for personal in personal_models()}


def test_what_is_declared_personal_are_columns_of_the_model() -> None:
    for personal in personal_models():
        for name in (*personal.columns, *personal.mentions):
            assert personal.model._meta.get_field(name)


def test_a_farmer_cannot_hand_out_nor_erase(client: Any, person: Customer) -> None:
    client.force_login(UserFactory(role=Role.FARMER))
    assert client.post(f"/customers/{person.pk}/personal/", {"word": SECRET}).status_code == 403
    assert client.post(f"/customers/{person.pk}/personal/file/").status_code == 403
