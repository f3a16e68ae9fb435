"""Two people at the same thing at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from acquisition.actions import set_retention_spend
from acquisition.models import RetentionSpend
from campaigns.models import Flow
from core.errors import DomainError
from core.models import User
from core.periods import company_day
from core.roles import Role
from customers.models import ContactPoint, Customer, EventKind, TimelineEvent
from dashboard.actions import create_customer
from segmentation.actions import clear_x_mark, set_x_mark
from segmentation.models import Need, XMark
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory
from tests.factories.touches import TaskFactory
from touches.actions import log_touch, take_back
from touches.models import Task, TaskState, Touch

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; their results in order."""
    barrier = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=20)
            return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def posts(user: User, url: str, **data: Any) -> Callable[[], int]:
    """What a browser of the user's own would do; the session is made beforehand."""
    client = Client()
    client.force_login(user)
    return lambda: client.post(url, data).status_code


def test_of_two_who_take_a_customer_of_the_pool_one_gets_it():
    people = [UserFactory() for _ in range(6)]
    customer = CustomerFactory()
    at_once(*(posts(person, reverse("customer_take", args=[customer.pk])) for person in people))
    changes = TimelineEvent.objects.filter(customer=customer, kind=EventKind.OWNER_CHANGED)
    customer.refresh_from_db()
    assert [event.data["to"] for event in changes] == [customer.owner_id]


def test_two_who_close_one_task_differently_leave_one_answer():
    manager = UserFactory(role=Role.MANAGER)
    task = TaskFactory(customer=CustomerFactory(owner=UserFactory()))
    url = reverse("task_close", args=[task.pk])
    farmer = task.customer.owner
    codes = at_once(posts(manager, url, state="done"), posts(farmer, url, state="cancelled"))
    assert sorted(codes) == [302, 409]
    task.refresh_from_db()
    assert task.closed_by in (manager, farmer)
    assert (task.state == TaskState.DONE) == (task.closed_by == manager)


def test_a_touch_pressed_twice_by_two_people_serves_the_task_once():
    task = TaskFactory(customer=CustomerFactory(owner=UserFactory()))
    people = [task.customer.owner, UserFactory(role=Role.MANAGER)]
    url = reverse("touch_log", args=[task.customer_id])
    body = {"channel": "call", "outcome": "call_back", "call_back_on": company_day(timezone.now()), "tasks": task.pk}
    codes = at_once(*(posts(person, url, **body) for person in people * 2))
    assert codes == [302] * 4
    assert Touch.objects.count() == 4
    assert Task.objects.filter(kind="call_back", state=TaskState.OPEN).count() == 1


def test_a_touch_taken_back_twice_at_once_is_put_back_once():
    farmer = UserFactory()
    customer = CustomerFactory(owner=farmer)
    task = TaskFactory(customer=customer)
    now = timezone.now()
    touch = log_touch(customer_id=customer.pk, channel="call", outcome="reached", at=now, by=farmer, task_ids=[task.pk])
    stale = Touch.objects.get(pk=touch.pk)
    take_back(touch=touch, by=farmer, at=now)
    # Meanwhile the task is done by somebody else, and then the second press of the same button comes in.
    Task.objects.filter(pk=task.pk).update(state=TaskState.DONE, closed_at=now + timedelta(minutes=1))

    with pytest.raises(DomainError):
        take_back(touch=stale, by=farmer, at=now)

    assert Task.objects.get(pk=task.pk).state == TaskState.DONE


def test_taking_a_promise_back_leaves_the_one_that_a_colleague_has_given_since():
    farmer, manager = UserFactory(), UserFactory(role=Role.MANAGER)
    customer = CustomerFactory(owner=farmer)
    now = timezone.now()
    day = company_day(now) + timedelta(days=2)
    call = {"customer_id": customer.pk, "channel": "call", "outcome": "call_back", "at": now}
    slip = log_touch(**call, by=farmer, call_back_on=day)
    log_touch(**call, by=manager, call_back_on=day + timedelta(days=3))

    take_back(touch=slip, by=farmer, at=now)

    assert Task.objects.get().due_on == day + timedelta(days=3)


def test_a_flow_started_and_installed_twice_at_once_is_one_flow():
    marketer = UserFactory(role=Role.MARKETER)
    codes = at_once(*[posts(marketer, reverse("flow_install"))] * 3)
    assert codes == [302] * 3
    flow = Flow.objects.get()
    codes = at_once(*(posts(marketer, reverse("flow_toggle", args=[flow.code]), active="1") for _ in range(3)))
    assert codes == [302] * 3
    assert Flow.objects.get().is_active


def test_a_customer_written_down_by_two_at_once_is_one_and_belongs_to_the_first():
    people = [UserFactory() for _ in range(4)]
    body = {"kind": "person", "name": "Anna", "phone": "8 912 345 67 89"}
    codes = at_once(*(posts(person, reverse("customer_new"), **body) for person in people))
    assert sorted(codes) == [302, 422, 422, 422]
    customer = Customer.objects.get()
    assert customer.owner in people
    assert TimelineEvent.objects.filter(kind=EventKind.OWNER_CHANGED).count() == 1


def test_an_address_that_got_a_customer_meanwhile_hands_over_nobody(monkeypatch):
    stranger, farmer = UserFactory(), UserFactory()
    point = ContactPointFactory(customer=CustomerFactory(owner=stranger), channel="phone", value="+79123456789")
    # As if the other order had come in just after the look.
    monkeypatch.setattr("dashboard.actions._check_is_new", lambda *_args: None)
    details = {"kind": "person", "name": "Mine now", "city": "", "language": "", "time_zone": ""}

    with pytest.raises(DomainError):
        create_customer(
            details=details,
            contacts=[("phone", "+79123456789")],
            consents=[],
            consent_source="",
            by=farmer,
            at=timezone.now(),
        )

    assert Customer.objects.get().owner == stranger
    assert ContactPoint.objects.get() == point


def test_a_person_opened_twice_at_once_has_one_account():
    admin = UserFactory(role=Role.ADMINISTRATOR)
    body = {"name": "Olga", "email": "olga@ferma.test", "role": "farmer"}
    codes = at_once(*(posts(admin, reverse("people"), **body) for _ in range(4)))
    assert User.objects.filter(email="olga@ferma.test").count() == 1
    assert set(codes) <= {200, 422}


def test_tokens_for_one_name_made_at_once_share_the_account():
    admin = UserFactory(role=Role.ADMINISTRATOR)
    body = {"name": "Shop", "scopes": ["orders:read"]}
    codes = at_once(*(posts(admin, reverse("token_list"), **body) for _ in range(4)))
    assert codes == [200] * 4
    assert User.objects.filter(role=Role.INTEGRATION).count() == 1


def test_a_view_saved_twice_at_once_is_one():
    farmer = UserFactory()
    codes = at_once(*(posts(farmer, reverse("customer_view_save"), name="A", query=f"q={n}") for n in range(4)))
    assert codes == [302] * 4
    assert farmer.saved_views.count() == 1


def test_a_reason_for_leaving_added_twice_at_once_is_one():
    manager = UserFactory(role=Role.MANAGER)
    codes = at_once(*(posts(manager, reverse("leaving_reasons"), name="Too far away") for _ in range(3)))
    assert sorted(codes) == [302, 422, 422]


def test_a_capability_added_twice_at_once_keeps_the_words_of_the_first():
    manager = UserFactory(role=Role.MANAGER)
    codes = at_once(*(posts(manager, reverse("potential"), name="Cold store", description=each) for each in "abc"))
    assert sorted(codes) == [302, 422, 422]


def test_an_x_taken_away_while_a_need_is_written_down_goes_with_that_need():
    user, customer = UserFactory(), CustomerFactory()
    need = {"customer_id": customer.pk, "potential": Decimal(1), "by": user, "at": timezone.now()}
    set_x_mark(capability="Cold store", **need)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        set_x_mark(capability="Night delivery", **need)
        wait([pool.submit(at_once, lambda: clear_x_mark(customer_id=customer.pk))], timeout=0.5)
    assert not Need.objects.exists()
    assert not XMark.objects.exists()


def test_what_keeping_cost_is_entered_and_taken_out_by_several_at_once():
    def enter(amount: Decimal | None) -> None:
        for _again in range(15):
            set_retention_spend(month=date(2026, 10, 1), kind="tools", amount=amount)

    at_once(*(lambda amount=amount: enter(amount) for amount in (None, Decimal(1), None, Decimal(2))))
    enter(Decimal(3))
    assert RetentionSpend.objects.get().amount == 3
