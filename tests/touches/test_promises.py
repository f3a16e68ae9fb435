"""Overdue promises are work, keep offers away, and are closed with the promise."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers.actions.obligations import close_obligation, make_obligation, move_obligation
from customers.queries import owed
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory
from touches.actions import follow_promises
from touches.models import Task, TaskKind, TaskState

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)
NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
YESTERDAY = TODAY - timedelta(days=1)


def promise(customer, due_on=YESTERDAY, **fields):
    return make_obligation(customer_id=customer.pk, kind="delivery", what="The lathe", due_on=due_on, at=NOW, **fields)


def test_an_overdue_promise_opens_one_task_of_the_customers_owner():
    customer = CustomerFactory(owner=UserFactory())
    promise(customer)
    assert follow_promises(today=TODAY, at=NOW) == (1, 0)
    assert follow_promises(today=TODAY, at=NOW) == (0, 0)
    task = Task.objects.get()
    assert (task.kind, task.owner, task.note, task.due_on) == (TaskKind.PROMISE, customer.owner, "The lathe", YESTERDAY)


def test_whoever_answers_for_the_promise_gets_the_task():
    answers = UserFactory()
    promise(CustomerFactory(owner=UserFactory()), owner=answers)
    follow_promises(today=TODAY, at=NOW)
    assert Task.objects.get().owner == answers


def test_a_promise_due_today_is_not_overdue_yet():
    customer = CustomerFactory()
    promise(customer, TODAY)
    assert follow_promises(today=TODAY, at=NOW) == (0, 0)
    assert owed([customer.pk], TODAY) == set()
    assert owed([customer.pk], TODAY + timedelta(days=1)) == {customer.pk}


def test_a_promise_that_is_kept_closes_its_task():
    made = promise(CustomerFactory())
    follow_promises(today=TODAY, at=NOW)
    close_obligation(obligation_id=made.pk, outcome="kept", on=TODAY, at=NOW)
    assert follow_promises(today=TODAY, at=NOW) == (0, 1)
    assert Task.objects.get().state == TaskState.DONE


def test_a_promise_moved_and_missed_again_is_work_again():
    made = promise(CustomerFactory())
    follow_promises(today=TODAY, at=NOW)
    move_obligation(obligation_id=made.pk, due_on=TODAY + timedelta(days=3))
    assert follow_promises(today=TODAY, at=NOW) == (0, 1)
    assert follow_promises(today=TODAY + timedelta(days=4), at=NOW) == (1, 0)


def test_a_task_closed_by_hand_is_not_opened_a_second_time():
    promise(CustomerFactory())
    follow_promises(today=TODAY, at=NOW)
    Task.objects.update(state=TaskState.DONE, closed_at=NOW)
    assert follow_promises(today=TODAY + timedelta(days=1), at=NOW) == (0, 0)
