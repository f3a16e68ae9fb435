"""The journal tells every change, and takes a whole change set back as far as nobody has built on it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from acquisition.models import Inquiry
from core.errors import Conflict
from core.journal import acting, change_set, continued, drop, move, undo
from core.models import Change, ChangeSet
from customers.models import ContactPoint, Customer, Order, TimelineEvent
from tests.factories.acquisition import InquiryFactory
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.touches import TouchFactory
from touches.actions.judging import judge_inquiries

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


def rows(*models):
    """All rows of the models, to be compared."""
    return {model: sorted(model.objects.values_list(), key=repr) for model in models}


def test_an_update_tells_who_and_from_what_to_what():
    person, customer = UserFactory(), CustomerFactory(name="Anna", city="Tula")
    acting(user_id=person.pk, origin="web")
    Customer.objects.filter(pk=customer.pk).update(name="Olga", updated_at=NOW)
    change = Change.objects.get(table_name="customers_customer")
    assert (change.actor, change.origin, change.row_id, change.customer_id) == (person, "web", customer.pk, customer.pk)
    assert (change.before["name"], change.after["name"]) == ("Anna", "Olga")
    assert "city" not in change.after


def test_an_update_that_changes_nothing_one_would_look_for_is_not_told():
    customer = CustomerFactory()
    Customer.objects.filter(pk=customer.pk).update(name=customer.name)
    Customer.objects.filter(pk=customer.pk).update(updated_at=NOW)
    assert not Change.objects.filter(table_name="customers_customer").exists()


def test_a_password_never_gets_into_the_journal():
    person = ManagerFactory()
    person.set_password("very secret words")
    person.first_name = "Nina"
    person.save()
    assert Change.objects.filter(table_name="core_user", after__first_name="Nina").exists()
    assert not Change.objects.filter(table_name="core_user", after__has_key="password").exists()


def test_insertions_are_told_within_a_change_set_only():
    CustomerFactory()
    with change_set(kind="import", at=NOW) as made:
        CustomerFactory()
    CustomerFactory()
    assert Change.objects.filter(operation="I", table_name="customers_customer").count() == 1
    assert made.changes.count() == 1


def test_a_change_set_is_taken_back_to_what_was_before():
    customer = CustomerFactory(name="Anna", custom={"size": 4})
    contact = ContactPointFactory(customer=customer)
    before = rows(Customer, ContactPoint, Order, TimelineEvent)
    with change_set(kind="import", at=NOW) as made:
        Customer.objects.filter(pk=customer.pk).update(name="Olga", custom={"size": 5})
        Customer.objects.filter(pk=customer.pk).update(name="Maria")
        contact.delete()
        new = CustomerFactory()
        OrderFactory(customer=new)
    with continued(made):
        OrderFactory(customer=customer)
        Customer.objects.filter(pk=new.pk).update(name="Renamed")
    undone = undo(made=made, by=None, at=NOW)
    assert rows(Customer, ContactPoint, Order, TimelineEvent) == before
    assert not undone.kept
    assert undone.rows["customers_customer"] == 3


def test_what_was_changed_since_stays_and_is_reported():
    customer = CustomerFactory(name="Anna", city="Tula")
    with change_set(kind="import", at=NOW) as made:
        Customer.objects.filter(pk=customer.pk).update(name="Olga")
        new = CustomerFactory(name="New")
    Customer.objects.filter(pk=customer.pk).update(name="Irina")
    Customer.objects.filter(pk=new.pk).update(name="Dear to us")
    undone = undo(made=made, by=None, at=NOW)
    assert set(Customer.objects.values_list("name", flat=True)) == {"Irina", "Dear to us"}
    assert undone.kept == {("customers_customer", "changed"): 2}


def test_a_later_change_of_another_column_does_not_stand_in_the_way():
    customer = CustomerFactory(name="Anna", city="Tula")
    with change_set(kind="import", at=NOW) as made:
        Customer.objects.filter(pk=customer.pk).update(name="Olga")
    Customer.objects.filter(pk=customer.pk).update(city="Perm")
    undo(made=made, by=None, at=NOW)
    customer.refresh_from_db()
    assert (customer.name, customer.city) == ("Anna", "Perm")


def test_a_customer_somebody_has_talked_to_stays_with_the_contacts():
    with change_set(kind="import", at=NOW) as made:
        used, unused = CustomerFactory(), CustomerFactory()
        point = ContactPointFactory(customer=used)
        ContactPointFactory(customer=unused)
        OrderFactory(customer=used)
    TouchFactory(customer=used)
    undone = undo(made=made, by=None, at=NOW)
    assert list(Customer.objects.all()) == [used]
    assert list(ContactPoint.objects.all()) == [point]
    assert not Order.objects.exists()
    assert undone.kept == {("customers_customer", "used"): 1, ("customers_contactpoint", "customer_stays"): 1}


def test_orders_that_the_machine_linked_with_inquiries_go_and_the_inquiries_stay():
    customer = CustomerFactory()
    asked = InquiryFactory(customer=customer, at=NOW - timedelta(days=200))
    with change_set(kind="import", at=NOW) as made:
        order = OrderFactory(customer=customer)
    Inquiry.objects.update(order=order)
    judge_inquiries(today=NOW.date(), now=NOW, since=None)
    undone = undo(made=made, by=None, at=NOW)
    assert not undone.kept
    judge_inquiries(today=NOW.date(), now=NOW, since=NOW.date(), is_whole=True)
    asked.refresh_from_db()
    assert (asked.order, asked.standing.state) == (None, "missed")


@pytest.mark.parametrize("by_hand", [False, True])
def test_inquiries_that_the_machine_linked_with_orders_can_be_taken_back(by_hand):
    order = OrderFactory()
    with change_set(kind="import", at=NOW) as made:
        InquiryFactory(customer=order.customer)
    if by_hand:
        acting(user_id=UserFactory().pk, origin="web")
    Inquiry.objects.update(order=order)
    undone = undo(made=made, by=None, at=NOW)
    assert undone.kept == ({("acquisition_inquiry", "changed"): 1} if by_hand else {})
    assert Inquiry.objects.exists() == by_hand


def test_a_change_set_is_undone_once():
    with change_set(kind="import", at=NOW) as made:
        CustomerFactory()
    undo(made=made, by=None, at=NOW)
    with pytest.raises(Conflict):
        undo(made=made, by=None, at=NOW)
    with pytest.raises(Conflict):
        undo(made=ChangeSet.objects.get(undoes=made), by=None, at=NOW)


def test_two_change_sets_are_undone_one_after_the_other():
    customer = CustomerFactory(name="Anna")
    before = rows(Customer)
    with change_set(kind="import", at=NOW) as first:
        Customer.objects.filter(pk=customer.pk).update(name="Olga")
        new = CustomerFactory()
    with change_set(kind="import", at=NOW) as second:
        Customer.objects.filter(pk__in=[customer.pk, new.pk]).update(name="Maria")
    undo(made=second, by=None, at=NOW)
    undone = undo(made=first, by=None, at=NOW)
    assert not undone.kept
    assert rows(Customer) == before


def test_a_change_set_that_fails_leaves_nothing(django_db_blocker):
    def fail():
        with change_set(kind="import", at=NOW):
            CustomerFactory()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not ChangeSet.objects.exists()
    assert not Customer.objects.exists()
    CustomerFactory()
    assert not Change.objects.filter(change_set__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
def test_the_mark_of_a_change_set_does_not_outlive_its_transaction():
    with change_set(kind="import", at=NOW):
        CustomerFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('ferma.change_set', true)")
        assert not cursor.fetchone()[0]


def test_rows_of_tables_without_triggers_are_moved_dropped_and_brought_back():
    ours, other = CustomerFactory(), CustomerFactory()
    touch, gone = TouchFactory(customer=other), TouchFactory(customer=other)
    model = type(touch)
    before = rows(model)
    with change_set(kind="merge", at=NOW) as made:
        assert drop(model=model, ids=[gone.pk]) == 1
        assert move(model=model, key="customer_id", old=other.pk, new=ours.pk) == 1
    touch.refresh_from_db()
    assert touch.customer == ours
    undo(made=made, by=None, at=NOW)
    assert rows(model) == before
