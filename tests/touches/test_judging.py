"""The statement that judges inquiries says what the rules say, and the work follows from it."""

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from acquisition.models import Inquiry, InquiryStanding, OutgoingCall
from acquisition.rules.leaks import Facts, Terms, state_of
from core.periods import company_day
from tests.factories.acquisition import InquiryFactory
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.touches import TaskFactory, TouchFactory
from touches.actions import follow_inquiries, judge_at_night, judge_inquiries
from touches.models import Task, Touch
from touches.rules.outcomes import UNHEARD

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TODAY = company_day(NOW)
PHONE = "+79123456789"


def judge():
    return judge_inquiries(today=TODAY, now=NOW, since=None)


def state(inquiry):
    return InquiryStanding.objects.get(pk=inquiry.pk).state


def test_the_statement_says_what_the_rules_say_over_random_histories():
    dice = random.Random(7)
    people = [UserFactory() for _each in range(2)]
    customers = [CustomerFactory(owner=dice.choice([None, *people])) for _each in range(12)]
    for number in range(90):
        customer = dice.choice([None, *customers])
        at = NOW - timedelta(hours=dice.randint(0, 700))
        has_order = customer is not None and dice.random() < 0.15
        InquiryFactory(
            customer=customer,
            phone=dice.choice(["", f"+7912000000{dice.randint(0, 5)}"]),
            kind=dice.choice(["call", "form", "visit", "chat"]),
            at=at,
            is_answered=dice.random() < 0.5,
            answered_by=dice.choice([None, *people]),
            is_spam=dice.random() < 0.1,
            order=OrderFactory(customer=customer) if has_order else None,
            next_step_on=dice.choice([None, None, company_day(at) + timedelta(days=dice.randint(0, 20))]),
        )
        if number % 3 == 0:
            outcome = dice.choice(["reached", "no_answer", "call_back"])
            TouchFactory(
                customer=dice.choice(customers), at=NOW - timedelta(hours=dice.randint(0, 700)), outcome=outcome
            )
        if number % 5 == 0:
            OutgoingCall.objects.create(
                source="t",
                at=NOW - timedelta(hours=dice.randint(0, 700)),
                phone=f"+7912000000{dice.randint(0, 5)}",
                is_answered=dice.random() < 0.7,
                told_at=NOW,
            )
    for inquiry in Inquiry.objects.exclude(next_step_on=None).exclude(customer=None)[:10]:
        closed = NOW - timedelta(hours=dice.randint(0, 300))
        TaskFactory(customer=inquiry.customer, key=f"inquiry-{inquiry.pk}", state="done", closed_at=closed)
    judge()
    told = dict(InquiryStanding.objects.values_list("pk", "state"))
    wrong = {}
    for inquiry in Inquiry.objects.all():
        expected = state_of(facts_of(inquiry), Terms(), NOW, TODAY)
        if told[inquiry.pk] != expected:
            wrong[inquiry.pk] = (told[inquiry.pk], expected)
    assert not wrong
    assert len(set(told.values())) >= 7
    assert judge() == 0


def facts_of(inquiry):
    """The same facts, gathered row by row."""
    later = [
        call
        for call in OutgoingCall.objects.filter(at__gt=inquiry.at)
        if (inquiry.phone and call.phone == inquiry.phone) or call.inquiry_id == inquiry.pk
    ]
    touches = list(Touch.objects.filter(customer=inquiry.customer_id, at__gt=inquiry.at)) if inquiry.customer else []
    again = Inquiry.objects.filter(at__gt=inquiry.at, is_answered=True, is_spam=False)
    same = [row for row in again if inquiry.customer_id and row.customer_id == inquiry.customer_id]
    by_phone = [row for row in again if inquiry.phone and row.phone == inquiry.phone]
    spoken = [call.at for call in later if call.is_answered]
    spoken += [touch.at for touch in touches if touch.outcome not in UNHEARD]
    spoken += [row.at for row in (*same, *by_phone)]
    tried = sorted(each.at for each in (*later, *touches, *same))
    tried = [at for at in tried if inquiry.next_step_on is None or company_day(at) >= inquiry.next_step_on]
    met = [company_day(at) for at in tried[:1]]
    done = Task.objects.filter(key=f"inquiry-{inquiry.pk}", state="done").first()
    met += [company_day(done.closed_at)] if done and inquiry.next_step_on else []
    return Facts(
        kind=inquiry.kind,
        at=inquiry.at,
        happened_on=inquiry.happened_on,
        is_answered=inquiry.is_answered,
        is_captured=inquiry.contact_captured,
        is_spam=inquiry.is_spam,
        has_order=inquiry.order is not None,
        next_step_on=inquiry.next_step_on,
        contacted_at=min(spoken, default=None),
        met_on=min(met, default=None),
    )


def test_a_leak_of_today_is_one_task_of_the_owner_and_closes_when_it_is_made_good():
    farmer = UserFactory(role="farmer")
    customer = CustomerFactory(owner=farmer)
    inquiry = InquiryFactory(customer=customer, at=NOW - timedelta(hours=2))
    for _again in range(2):
        follow_inquiries(today=TODAY, now=NOW)
    task = Task.objects.get()
    assert (task.kind, task.owner, task.customer, task.due_on) == ("leak", farmer, customer, TODAY)
    TouchFactory(customer=customer, by=farmer, at=NOW - timedelta(hours=1))
    follow_inquiries(today=TODAY, now=NOW)
    task.refresh_from_db()
    assert (task.state, state(inquiry)) == ("done", "recovered")


def test_old_leaks_and_those_of_strangers_make_no_task():
    InquiryFactory(phone=PHONE, at=NOW - timedelta(hours=2))
    InquiryFactory(customer=CustomerFactory(), at=NOW - timedelta(days=2, hours=12))
    follow_inquiries(today=TODAY, now=NOW)
    assert not Task.objects.exists()


def test_a_next_step_is_a_task_on_its_day_and_moves_with_it():
    hunter = UserFactory(role="hunter")
    step = {"next_step": "Send prices", "next_step_on": TODAY + timedelta(days=3)}
    inquiry = InquiryFactory(customer=CustomerFactory(), at=NOW, is_answered=True, answered_by=hunter, **step)
    follow_inquiries(today=TODAY, now=NOW)
    task = Task.objects.get()
    assert (task.kind, task.note, task.due_on, task.owner) == ("manual", "Send prices", step["next_step_on"], hunter)
    Inquiry.objects.filter(pk=inquiry.pk).update(next_step_on=TODAY + timedelta(days=9), updated_at=task.created_at)
    Task.objects.update(created_at=NOW - timedelta(days=1))
    follow_inquiries(today=TODAY, now=NOW)
    task.refresh_from_db()
    assert task.due_on == TODAY + timedelta(days=9)


def test_a_call_back_recovers_and_goes_to_the_contact_log_once():
    hunter, customer = UserFactory(role="hunter"), CustomerFactory()
    missed = InquiryFactory(phone=PHONE, customer=customer, at=NOW - timedelta(hours=3))
    stranger = InquiryFactory(phone="+79120000000", at=NOW - timedelta(hours=3))
    common = {"source": "tel", "at": NOW - timedelta(hours=1), "is_answered": True, "by": hunter}
    OutgoingCall.objects.create(external_id="1", phone=PHONE, customer=customer, **common)
    OutgoingCall.objects.create(external_id="2", phone=stranger.phone, **common)
    done = follow_inquiries(today=TODAY, now=NOW)
    assert (done.calls, state(missed), state(stranger)) == (1, "recovered", "recovered")
    assert follow_inquiries(today=TODAY, now=NOW).calls == 0
    touch = Touch.objects.get()
    assert (touch.customer, touch.by, touch.outcome, touch.at) == (customer, hunter, "reached", common["at"])


def test_the_night_judges_an_old_inquiry_that_was_changed_and_leaves_the_others():
    old = InquiryFactory(at=NOW - timedelta(days=200))
    assert judge_at_night(today=TODAY, now=NOW)["judged"] == 1
    assert judge_at_night(today=TODAY, now=NOW)["judged"] == 0
    old.is_spam = True
    old.save()
    assert judge_at_night(today=TODAY, now=NOW)["judged"] == 1
    assert state(old) == "spam"


def test_the_leak_stands_on_my_day(client):
    farmer = UserFactory(role="farmer", language="en")
    client.force_login(farmer)
    customer = CustomerFactory(owner=farmer, name="Rang in vain")
    Task.objects.create(customer=customer, owner=farmer, kind="leak", key="leak-1", due_on=TODAY)
    page = client.get(reverse("worklist")).content.decode()
    assert "Rang in vain" in page
    assert "Inquiry unanswered" in page


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_open_one_task_and_one_touch():
    customer = CustomerFactory(owner=UserFactory())
    InquiryFactory(customer=customer, at=NOW - timedelta(hours=2))
    OutgoingCall.objects.create(
        source="t", external_id="1", at=NOW - timedelta(hours=5), customer=customer, by=UserFactory(), is_answered=True
    )
    barrier = threading.Barrier(2)

    def tick():
        barrier.wait()
        follow_inquiries(today=TODAY, now=NOW)
        connection.close()

    threads = [threading.Thread(target=tick) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Task.objects.count(), Touch.objects.count()) == (1, 1)
