"""Customers change hands with the work open on them, and come back."""

from datetime import UTC, date, datetime

import pytest

from core.errors import Conflict, NotFound
from customers.actions import assign_owner
from customers.actions.obligations import make_obligation
from customers.models import Customer, Obligation, TimelineEvent
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.touches import TaskFactory
from touches.actions import hand_over, undo_handover
from touches.models import Task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)


@pytest.fixture
def people():
    return UserFactory(), UserFactory(), UserFactory(), ManagerFactory()


def owners(model):
    return dict(model.objects.values_list("pk", "owner"))


def test_customers_go_over_with_their_owners_open_work(people):
    old, new, third, manager = people
    customer, other = CustomerFactory(owner=old), CustomerFactory(owner=old)
    theirs, of_third = TaskFactory(customer=customer, owner=old), TaskFactory(customer=customer, owner=third)
    stays = TaskFactory(customer=other, owner=old)
    promised = make_obligation(customer_id=customer.pk, kind="service", due_on=date(2026, 6, 1), owner=old, at=NOW)
    made = hand_over(customer_ids=[customer.pk], owner=new, by=manager, at=NOW)
    assert owners(Customer) == {customer.pk: new.pk, other.pk: old.pk}
    assert owners(Task) == {theirs.pk: new.pk, of_third.pk: third.pk, stays.pk: old.pk}
    assert owners(Obligation) == {promised.pk: new.pk}
    assert made.data == {"to": new.pk, "customers": 1, "tasks": 1, "promises": 1}


def test_a_hand_over_is_taken_back_to_what_was_before(people):
    old, new, third, manager = people
    customers = [CustomerFactory(owner=old), CustomerFactory(owner=third), CustomerFactory()]
    for customer in customers:
        TaskFactory(customer=customer, owner=customer.owner)
    before = owners(Customer), owners(Task), TimelineEvent.objects.count()
    made = hand_over(customer_ids=[c.pk for c in customers], owner=new, by=manager, at=NOW)
    assert set(owners(Customer).values()) == {new.pk}
    undone = undo_handover(handover_id=made.pk, by=manager, at=NOW)
    assert (owners(Customer), owners(Task), TimelineEvent.objects.count()) == before
    assert undone.rows["customers_customer"] == 3
    with pytest.raises(Conflict):
        undo_handover(handover_id=made.pk, by=manager, at=NOW)


def test_a_customer_handed_on_since_stays_where_they_are(people):
    old, new, third, manager = people
    kept, back = CustomerFactory(owner=old), CustomerFactory(owner=old)
    made = hand_over(customer_ids=[kept.pk, back.pk], owner=new, by=manager, at=NOW)
    assign_owner(customer_ids=[kept.pk], owner=third, by=manager, at=NOW)
    undone = undo_handover(handover_id=made.pk, by=manager, at=NOW)
    assert owners(Customer) == {kept.pk: third.pk, back.pk: old.pk}
    assert undone.kept["customers_customer", "changed"] == 1


def test_only_hand_overs_are_taken_back_here(people):
    with pytest.raises(NotFound):
        undo_handover(handover_id=0, by=people[3], at=NOW)
