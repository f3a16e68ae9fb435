"""Writing touches down and what follows from them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from core.errors import Conflict, Forbidden, InvalidInput
from customers.models import ContactChannel, ContactStatus, EventKind, TimelineEvent
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory
from tests.factories.touches import TaskFactory, TouchFactory
from touches.actions import close_task, log_touch, move_task, open_task, take_back
from touches.models import Task, TaskKind, TaskState, Touch

pytestmark = pytest.mark.django_db


def log(customer, by, at, **more):
    given = {"channel": "call", "outcome": "reached"} | more
    return log_touch(customer_id=customer.pk, by=by, at=at, **given)


def test_a_touch_by_a_person_stands_in_the_timeline(farmer, noon):
    customer = CustomerFactory(owner=farmer)
    touch = log(customer, farmer, noon, note="Wants two boxes")
    event = TimelineEvent.objects.get(customer=customer, kind=EventKind.TOUCH)
    assert event.data == {
        "touch": touch.pk,
        "channel": "call",
        "outcome": "reached",
        "by": "Anna",
        "note": "Wants two boxes",
    }


def test_a_touch_by_the_machine_leaves_the_timeline_to_the_message(db, noon):
    customer = CustomerFactory()
    log(customer, None, noon, channel="email", outcome="sent")
    assert not TimelineEvent.objects.filter(customer=customer).exists()


def test_a_talk_closes_the_tasks_it_was_made_for_and_no_others(farmer, noon):
    task, other = TaskFactory(customer__owner=farmer), TaskFactory(customer__owner=farmer)
    log(task.customer, farmer, noon, task_ids=[task.pk, other.pk])
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.state, task.closed_by, task.closed_at) == (TaskState.DONE, farmer, noon)
    assert other.state == TaskState.OPEN


def test_no_answer_puts_the_task_off_to_the_next_working_day(farmer, noon):
    task = TaskFactory(customer__owner=farmer)
    log(task.customer, farmer, noon, outcome="no_answer", task_ids=[task.pk])
    task.refresh_from_db()
    assert (task.state, task.due_on) == (TaskState.OPEN, date(2026, 3, 17))


def test_a_promise_to_call_back_opens_a_task_for_the_owner(farmer, manager, noon):
    customer = CustomerFactory(owner=farmer)
    log(customer, manager, noon, outcome="call_back", call_back_on=date(2026, 3, 20), note="After lunch")
    task = Task.objects.get(customer=customer)
    assert (task.kind, task.owner, task.due_on, task.note) == (
        TaskKind.CALL_BACK,
        farmer,
        date(2026, 3, 20),
        "After lunch",
    )


def test_in_the_pool_the_promise_is_kept_by_who_gave_it_and_the_customer_stays_in_the_pool(farmer, noon):
    customer = CustomerFactory(owner=None)
    log(customer, farmer, noon, outcome="call_back", call_back_on=date(2026, 3, 20))
    customer.refresh_from_db()
    assert Task.objects.get(customer=customer).owner == farmer
    assert customer.owner is None


def test_a_second_promise_moves_the_first(farmer, noon):
    customer = CustomerFactory(owner=farmer)
    for day in (20, 24):
        log(customer, farmer, noon, outcome="call_back", call_back_on=date(2026, 3, day))
    assert Task.objects.get(customer=customer).due_on == date(2026, 3, 24)


@pytest.mark.parametrize("day", [None, date(2026, 3, 15)])
def test_a_call_back_needs_a_day_that_is_not_over(farmer, noon, day):
    customer = CustomerFactory(owner=farmer)
    with pytest.raises(InvalidInput) as refused:
        log(customer, farmer, noon, outcome="call_back", call_back_on=day)
    assert refused.value.field == "call_back_on"
    assert not Touch.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("channel", "pigeon"), ("outcome", "married")])
def test_an_unknown_channel_or_outcome_is_refused(farmer, noon, field, value):
    with pytest.raises(InvalidInput) as refused:
        log(CustomerFactory(owner=farmer), farmer, noon, **{field: value})
    assert refused.value.field == field


def test_a_wrong_contact_is_not_called_again_but_somebody_elses_stays(farmer, noon):
    wrong = ContactPointFactory(channel=ContactChannel.PHONE, value="+79120000001")
    foreign = ContactPointFactory(channel=ContactChannel.PHONE, value="+79120000001")
    for point in (wrong, foreign):
        log(wrong.customer, farmer, noon, outcome="wrong_contact", contact_id=point.pk)
        point.refresh_from_db()
    assert wrong.status == ContactStatus.UNREACHABLE
    assert foreign.status == ContactStatus.VALID


def test_a_task_with_a_key_is_opened_once_and_even_closed_not_again(farmer, noon):
    customer = CustomerFactory(owner=farmer)
    given = {
        "customer_id": customer.pk,
        "kind": TaskKind.WIN_BACK,
        "due_on": date(2026, 3, 16),
        "key": "flow-step:1:1",
    }
    task = open_task(**given)
    close_task(task=task, state=TaskState.DONE, by=farmer, at=noon)
    again = open_task(**given)
    assert (again.pk, again.state, Task.objects.count()) == (task.pk, TaskState.DONE, 1)
    assert task.owner == farmer


def test_a_task_of_an_unknown_kind_is_refused(farmer):
    with pytest.raises(InvalidInput):
        open_task(customer_id=CustomerFactory().pk, kind="dance", due_on=date(2026, 3, 16))


def test_closing_twice_alike_is_nothing_new_and_otherwise_a_conflict(farmer, noon):
    task = TaskFactory(customer__owner=farmer)
    close_task(task=task, state=TaskState.DONE, by=farmer, at=noon)
    later = close_task(task=task, state=TaskState.DONE, by=None, at=noon + timedelta(hours=1))
    assert (later.closed_by, later.closed_at) == (farmer, noon)
    with pytest.raises(Conflict):
        close_task(task=task, state=TaskState.CANCELLED, by=farmer, at=noon)
    with pytest.raises(Conflict):
        move_task(task=task, due_on=date(2026, 3, 20))
    with pytest.raises(InvalidInput):
        close_task(task=task, state=TaskState.OPEN, by=farmer, at=noon)


def test_a_slip_taken_back_leaves_everything_as_it_was(farmer, noon):
    point = ContactPointFactory(channel=ContactChannel.PHONE, value="+79120000001", customer__owner=farmer)
    customer = point.customer
    done = TaskFactory(customer=customer, owner=farmer)
    touches = [
        log(customer, farmer, noon, task_ids=[done.pk], outcome="call_back", call_back_on=date(2026, 3, 20)),
        log(customer, farmer, noon, outcome="wrong_contact", contact_id=point.pk),
        log(customer, farmer, noon, outcome="call_back", call_back_on=date(2026, 3, 25)),
    ]
    for touch in reversed(touches):
        take_back(touch=touch, by=farmer, at=noon + timedelta(minutes=5))
    done.refresh_from_db()
    point.refresh_from_db()
    assert (done.state, done.closed_at, done.closed_by) == (TaskState.OPEN, None, None)
    assert point.status == ContactStatus.VALID
    assert list(Task.objects.all()) == [done]
    assert not Touch.objects.exists()
    assert not TimelineEvent.objects.filter(kind=EventKind.TOUCH).exists()


def test_only_the_author_takes_a_touch_back_and_only_for_ten_minutes(farmer, noon):
    touch = TouchFactory(by=farmer, at=noon)
    with pytest.raises(Forbidden):
        take_back(touch=touch, by=UserFactory(), at=noon)
    with pytest.raises(Conflict):
        take_back(touch=touch, by=farmer, at=noon + timedelta(minutes=11))
    assert Touch.objects.exists()


def _in_threads(function, copies):
    def run(_number):
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(copies) as pool:
        return list(pool.map(run, range(copies)))


@pytest.mark.django_db(transaction=True)
def test_two_promises_at_once_open_one_call_back(noon):
    farmer = UserFactory()
    customer = CustomerFactory(owner=farmer)
    _in_threads(lambda: log(customer, farmer, noon, outcome="call_back", call_back_on=date(2026, 3, 20)), copies=4)
    assert Touch.objects.count() == 4
    assert Task.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_task_asked_for_by_many_at_once_is_opened_once():
    customer = CustomerFactory()
    given = {"customer_id": customer.pk, "kind": TaskKind.RECOVER, "due_on": date(2026, 3, 16), "key": "nps:1"}
    tasks = _in_threads(lambda: open_task(**given), copies=4)
    assert len({task.pk for task in tasks}) == Task.objects.count() == 1
