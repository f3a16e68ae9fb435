"""The history on the card and of the settings: who, when, which field, from, to."""

import pytest
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.journal import acting, change_set, nobody_acts
from core.models import Change, ChangeKind
from core.roles import Role
from crm.origin import announce
from customers.models import Customer, CustomField, Order
from dashboard.queries.changes import settings_tables
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory
from touches.models import Cadence

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client):
    user = ManagerFactory(language="en", first_name="Olga")
    client.force_login(user)
    return user


def told(client: Client, customer: Customer) -> list[tuple[str, str, str, str]]:
    """Label, before, after and who, of every field on the tab."""
    page = client.get(reverse("customer_changes", args=[customer.pk]), headers={"HX-Request": "true"})
    return [
        (each.label, each.before, each.after, group.who)
        for group in page.context["groups"]
        for line in group.lines
        for each in line.fields
    ]


def test_each_value_is_told_in_words(client, manager):
    anna = CustomerFactory(name="Anna", kind="person", owner=UserFactory(first_name="Ivan"))
    CustomField.objects.create(code="shoe", name="Shoe size", kind="number")
    acting(user_id=manager.pk, origin="web")
    Customer.objects.filter(pk=anna.pk).update(
        name="Anna Smirnova", kind="company", owner=None, birthday="1990-05-12", custom={"shoe": 38, "vip": True}
    )
    assert set(told(client, anna)) == {
        ("Kind", "Person", "Company", "Olga"),
        ("Name", "Anna", "Anna Smirnova", "Olga"),
        ("Owner", "Ivan", "—", "Olga"),
        ("Birthday", "—", "May 12, 1990", "Olga"),
        ("Shoe size", "—", "38", "Olga"),
        ("vip", "—", "yes", "Olga"),
    }


def test_orders_and_contacts_are_told_and_addresses_stay_masked(client, manager):
    anna = CustomerFactory()
    order = OrderFactory(customer=anna)
    point = ContactPointFactory(customer=anna, channel="phone", value="+79123456789")
    Order.objects.filter(pk=order.pk).update(revenue=1500, status="confirmed")
    point.value = "+79123456700"
    point.save()
    point.delete()
    found = told(client, anna)
    assert ("Revenue", "RUB\u00a01,000".replace("RUB\u00a0", "₽"), "₽1,500", "") in found
    assert ("Status", "Fulfilled", "Confirmed", "") in found
    assert ("Address", "+7 912 ••• •• 89", "+7 912 ••• •• 00", "") in found
    assert ("Address", "+7 912 ••• •• 00", "—", "") in found
    assert "345-67" not in str(found)


def test_the_card_of_somebody_else_tells_nothing(client):
    anna = CustomerFactory(owner=UserFactory())
    client.force_login(UserFactory())
    url = reverse("customer_changes", args=[anna.pk])
    assert client.get(url).status_code == 404
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 404


def test_another_customer_is_told_by_number_only(client, manager):
    anna, secret = CustomerFactory(), CustomerFactory(name="Sesame")
    order = OrderFactory(customer=secret)
    Order.objects.filter(pk=order.pk).update(customer=anna)
    assert ("Customer", f"№ {secret.pk}", f"№ {anna.pk}", "") in told(client, anna)


def test_what_was_done_at_once_stands_together_with_its_undo(client, manager):
    anna = CustomerFactory(owner=UserFactory(first_name="Ivan"))
    with change_set(kind=ChangeKind.HANDOVER, by=manager, at=timezone.now(), label="To Petr") as made:
        Customer.objects.filter(pk=anna.pk).update(owner=UserFactory(first_name="Petr"))
        Customer.objects.filter(pk=anna.pk).update(city="Perm")
    page = client.get(reverse("customer_changes", args=[anna.pk]))
    (group,) = page.context["groups"]
    assert group.label == "Hand-over of customers · To Petr"
    assert group.undo_url == reverse("handover_undo", args=[made.pk])
    assert len(group.lines) == 2
    client.force_login(UserFactory(role=Role.MARKETER))
    (group,) = client.get(reverse("customer_changes", args=[anna.pk])).context["groups"]
    assert group.undo_url == ""


def test_the_history_is_read_along_the_key_at_a_constant_cost(client, manager):
    anna = CustomerFactory()

    def change(times: int) -> None:
        for number in range(times):
            Customer.objects.filter(pk=anna.pk).update(city=f"City {Change.objects.count()} {number}")

    def queries(query: str = "") -> tuple[int, object]:
        with CaptureQueriesContext(connection) as seen:
            page = client.get(f"{reverse('customer_changes', args=[anna.pk])}{query}", headers={"HX-Request": "true"})
        return len(seen), page

    change(1)
    few, page = queries()
    change(70)
    many, page = queries()
    assert many == few
    assert len(page.context["groups"]) == 50
    rest = queries(f"?before={page.context['before']}")[1]
    assert len(rest.context["groups"]) == 21
    assert rest.context["before"] is None


@pytest.mark.parametrize("before", ["x", "-1", "9" * 40, "0"])
def test_nonsense_in_the_address_breaks_nothing(client, manager, before):
    anna = CustomerFactory()
    assert client.get(reverse("customer_changes", args=[anna.pk]), {"before": before}).status_code == 200
    assert client.get(reverse("settings_changes"), {"before": before, "table": before}).status_code == 200


def test_settings_are_told_without_secrets(client, manager):
    person = UserFactory(first_name="Ivan")
    person.set_password("another-secret")
    person.role = Role.MARKETER
    person.save()
    Cadence.objects.create(grade="Q", days_between=14, channel="call")
    text = client.get(reverse("settings_changes")).content.decode()
    assert "Marketer" in text
    assert "pbkdf2" not in text
    assert "password" not in text.lower().replace(reverse("account_change_password"), "").replace(">password<", "")
    only = client.get(reverse("settings_changes"), {"table": "touches_cadence"}).context["groups"]
    assert {line.subject.split(" №")[0] for group in only for line in group.lines} == {"Touch cadence"}


def test_every_settings_table_has_a_name():
    from dashboard.change_lines import SUBJECTS

    assert [table for table in settings_tables() if table not in SUBJECTS] == []
    assert "customers_customer" not in settings_tables()


class TestActor:
    def test_a_person_at_a_page_is_the_actor(self, client, manager):
        anna = CustomerFactory(name="Anna")
        Customer.objects.filter(pk=anna.pk).update(city="Perm")
        client.post(reverse("reading_limits"), {"contact_farmer": "3"})
        change = Change.objects.filter(table_name="customers_accesslimit").latest("pk")
        assert (change.actor, change.origin) == (manager, "web")

    def test_what_comes_after_on_the_same_connection_is_not_theirs(self, client, manager):
        client.post(reverse("reading_limits"), {"contact_farmer": "3"})
        client.get(reverse("customer_list"))
        anna = CustomerFactory()
        Customer.objects.filter(pk=anna.pk).update(city="Perm")
        change = Change.objects.filter(table_name="customers_customer").latest("pk")
        assert (change.actor, change.origin) == (None, "")

    def test_reading_pages_costs_no_query_for_it(self, client, manager):
        nobody_acts()
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("customer_list"))
        assert not [query for query in seen if "ferma.actor" in query["sql"]]

    def test_who_is_not_logged_in_is_nobody(self, client):
        acting(user_id=ManagerFactory().pk, origin="web")
        Client().post(reverse("set_preferences"), {"language": "en"})
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('ferma.actor'), current_setting('ferma.origin')")
            assert cursor.fetchone() == ("", "web")

    @pytest.mark.parametrize("origin", ["task", "command"])
    def test_a_worker_and_a_command_say_what_they_are_on_every_connection(self, origin):
        announce(origin)
        try:
            for _again in range(2):
                fresh = connections.create_connection("default")
                with fresh.cursor() as cursor:
                    cursor.execute("SELECT current_setting('ferma.origin')")
                    assert cursor.fetchone() == (origin,)
                fresh.close()
        finally:
            assert connection_created.disconnect(dispatch_uid="crm.origin")
