"""Customers enter a flow, go along it, and leave it."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection

from campaigns.actions import advance_flows, enrol, install_win_back, send_due
from campaigns.models import Delivery, Enrolment, OutboxMessage, Suppression
from campaigns.rules.holdout import in_holdout
from customers.actions.obligations import close_obligation, make_obligation
from customers.models import TimelineEvent
from loyalty.models import PromoCode
from segmentation.models import LifecycleChange, Standing
from tests.factories.campaigns import (
    NOON,
    EnrolmentFactory,
    FlowFactory,
    HoldoutFactory,
    TemplateFactory,
    reachable,
)
from tests.factories.customers import ConsentFactory, OrderFactory
from touches.models import PressureLimit, Task, Touch

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def _no_pressure():
    PressureLimit.objects.all().delete()


def standing(customer, stage="lapsed", at_risk=0, since=TODAY):
    Standing.objects.update_or_create(
        customer=customer,
        defaults={
            "as_of": TODAY,
            "grade": "A",
            "lifecycle": stage,
            "lifecycle_since": since,
            "expected_gap_days": 30,
            "realised": 0,
            "value_at_risk": at_risk,
        },
    )
    return customer


def change(customer, old, new, on):
    LifecycleChange.objects.create(
        customer=customer, on=on, old=old, new=new, days_since_order=60, expected_gap_days=30
    )


def lapsed(**options):
    return standing(reachable(), **options)


def test_who_is_at_risk_or_lapsed_enters_and_others_do_not():
    flow = FlowFactory()
    inside = {lapsed().pk, lapsed(stage="at_risk").pk}
    for stage in ("new", "active", "lost"):
        lapsed(stage=stage)
    assert enrol(as_of=TODAY, now=NOON) == 2
    rows = Enrolment.objects.filter(flow=flow, state="active", due_at=NOON)
    assert set(rows.values_list("customer_id", flat=True)) == inside
    assert TimelineEvent.objects.filter(kind="flow_entered").count() == 2


def test_a_second_night_lets_nobody_in_twice():
    FlowFactory()
    lapsed()
    assert [enrol(as_of=TODAY, now=NOON) for _ in range(2)] == [1, 0]


def test_nobody_enters_a_flow_that_is_paused():
    FlowFactory(is_active=False)
    lapsed()
    assert enrol(as_of=TODAY, now=NOON) == 0


def test_only_who_can_be_written_to_enters():
    FlowFactory()
    withdrawn, suppressed = lapsed(), lapsed()
    standing(reachable(phone="+79120000001"))
    ConsentFactory(customer=withdrawn, action="withdrawn", at=NOON)
    Suppression.objects.create(
        channel="email", address=suppressed.contact_points.get().value, reason="complaint", at=NOON
    )
    assert enrol(as_of=TODAY, now=NOON) == 0


def test_who_is_under_contact_pressure_enters_on_a_later_night():
    PressureLimit.objects.create(messages=1, days=3)
    FlowFactory()
    Touch.objects.create(customer=lapsed(), channel="email", outcome="sent", at=NOON)
    assert enrol(as_of=TODAY, now=NOON) == 0
    assert enrol(as_of=TODAY, now=NOON + timedelta(days=4)) == 1


def test_whom_we_owe_something_enters_once_the_promise_is_kept():
    FlowFactory()
    made = make_obligation(customer_id=lapsed().pk, kind="documents", due_on=TODAY - timedelta(days=1), at=NOON)
    assert enrol(as_of=TODAY, now=NOON) == 0
    close_obligation(obligation_id=made.pk, outcome="kept", on=TODAY, at=NOON)
    assert enrol(as_of=TODAY, now=NOON) == 1


def test_the_most_valuable_enter_first_and_the_others_on_the_next_nights():
    FlowFactory(entry_limit=2)
    customers = [lapsed(at_risk=value) for value in (10, 30, 20)]
    enrol(as_of=TODAY, now=NOON)
    entered = set(Enrolment.objects.values_list("customer_id", flat=True))
    assert entered == {customers[1].pk, customers[2].pk}
    assert enrol(as_of=TODAY, now=NOON) == 1


def test_a_customer_enters_again_only_after_the_pause_and_a_new_spell():
    flow = FlowFactory(pause_days=100)
    customer = lapsed()
    ended = NOON - timedelta(days=101)
    EnrolmentFactory(
        flow=flow, customer=customer, state="finished", entered_at=ended - timedelta(days=40), ended_at=ended
    )
    change(customer, "at_risk", "lapsed", TODAY - timedelta(days=1))
    assert enrol(as_of=TODAY, now=NOON) == 0
    change(customer, "active", "at_risk", TODAY)
    assert enrol(as_of=TODAY, now=NOON - timedelta(days=2)) == 0
    assert enrol(as_of=TODAY, now=NOON) == 1
    assert Enrolment.objects.filter(round=2, state="active").count() == 1


def test_the_holdout_is_left_alone_and_is_the_same_every_time():
    flow = FlowFactory(holdout_percent=50)
    customers = [lapsed() for _ in range(40)]
    enrol(as_of=TODAY, now=NOON)
    held = set(Enrolment.objects.filter(is_holdout=True, state="holdout").values_list("customer_id", flat=True))
    expected = {
        row.pk for row in customers if in_holdout(flow_code=flow.code, customer_id=row.pk, passage=1, percent=50)
    }
    assert held == expected
    advance_flows(now=NOON)
    assert not Delivery.objects.filter(customer_id__in=held).exists()
    assert not TimelineEvent.objects.filter(customer_id__in=held).exists()


def test_the_win_back_goes_by_mail_then_sms_then_a_task(django_user_model):
    install_win_back(is_active=True)
    owner = django_user_model.objects.create_person(email="f@x.test", password=None, role="farmer", name="F")
    standing(reachable("anna@shop.test", "+79120000001", name="Смирнова Анна Павловна", owner=owner))
    Enrolment.objects.all().delete()
    enrol(as_of=TODAY, now=NOON)
    Enrolment.objects.update(state="active", is_holdout=False, due_at=NOON)

    advance_flows(now=NOON)
    send_due(now=NOON, sender="s")
    code = PromoCode.objects.get().code
    assert code in mail.outbox[0].body
    assert "Анна" in mail.outbox[0].subject

    advance_flows(now=NOON + timedelta(days=4))
    assert Delivery.objects.count() == 1
    advance_flows(now=NOON + timedelta(days=5))
    send_due(now=NOON + timedelta(days=5), sender="s")
    assert code in OutboxMessage.objects.get(channel="sms").text

    advance_flows(now=NOON + timedelta(days=12))
    task = Task.objects.get()
    assert (task.owner, task.kind, task.due_on) == (owner, "win_back", date(2026, 3, 22))
    assert code in task.note
    assert "9 апреля" in task.note

    advance_flows(now=NOON + timedelta(days=42))
    enrolment = Enrolment.objects.get()
    assert (enrolment.state, enrolment.exit_reason) == ("finished", "")


def test_an_order_takes_the_customer_out_and_cancels_what_was_waiting():
    flow = install_win_back(is_active=True)
    enrolment = EnrolmentFactory(flow=flow, customer=reachable("anna@shop.test"), next_position=3)
    advance_flows(now=NOON)
    order = OrderFactory(customer=enrolment.customer, placed_at=NOON + timedelta(hours=1))
    tally = advance_flows(now=NOON + timedelta(hours=2))
    enrolment.refresh_from_db()
    assert tally["ordered"] == 1
    assert (enrolment.state, enrolment.exit_reason, enrolment.order) == ("left", "ordered", order)
    assert Task.objects.get().state == "cancelled"
    assert TimelineEvent.objects.get(kind="flow_left").data["reason"] == "ordered"


@pytest.mark.parametrize(
    "fields",
    [
        {"placed_at": NOON - timedelta(days=1)},
        {"status": "cancelled", "revenue": 0, "known_cost": 0, "placed_at": NOON + timedelta(hours=1)},
    ],
)
def test_an_older_order_or_a_cancelled_one_does_not(fields):
    enrolment = EnrolmentFactory(customer=reachable())
    OrderFactory(customer=enrolment.customer, **fields)
    advance_flows(now=NOON + timedelta(hours=2))
    enrolment.refresh_from_db()
    assert enrolment.state == "active"


def test_the_holdout_is_measured_until_the_same_day():
    ordered, quiet = HoldoutFactory(), HoldoutFactory()
    OrderFactory(customer=ordered.customer, placed_at=NOON + timedelta(days=3))
    advance_flows(now=NOON + timedelta(days=29))
    ordered.refresh_from_db()
    quiet.refresh_from_db()
    assert (ordered.state, quiet.state) == ("left", "holdout")
    advance_flows(now=NOON + timedelta(days=30))
    quiet.refresh_from_db()
    assert quiet.state == "finished"
    assert not TimelineEvent.objects.filter(kind="flow_left").exists()


def test_one_customers_trouble_does_not_stop_the_others():
    flow = install_win_back(is_active=True)
    flow.offer.is_active = False
    flow.offer.save()
    TemplateFactory()
    stuck = EnrolmentFactory(flow=flow, customer=reachable())
    EnrolmentFactory(customer=reachable())
    assert advance_flows(now=NOON)["email"] == 1
    stuck.refresh_from_db()
    assert (stuck.state, stuck.due_at) == ("active", NOON + timedelta(hours=1))


def test_a_step_taken_twice_makes_one_message():
    enrolment = EnrolmentFactory(customer=reachable())
    advance_flows(now=NOON)
    Enrolment.objects.filter(pk=enrolment.pk).update(next_position=1, due_at=NOON)
    advance_flows(now=NOON)
    assert Delivery.objects.count() == 1


def test_installing_the_win_back_twice_leaves_it_as_it_is():
    flow = install_win_back()
    flow.name = "Моё название"
    flow.save()
    assert install_win_back(is_active=True).name == "Моё название"
    assert not install_win_back(is_active=True).is_active
    assert flow.steps.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_share_the_work():
    """A second connection holds one enrolment; the tick takes the others and does not wait."""
    held, free = EnrolmentFactory(customer=reachable()), EnrolmentFactory(customer=reachable())
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM campaigns_enrolment WHERE id = %s FOR UPDATE", [held.pk])
            assert advance_flows(now=NOON)["email"] == 1
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert Delivery.objects.get().enrolment == free
    assert advance_flows(now=NOON)["email"] == 1
