"""What becomes of a due message at the moment of sending."""

import re
from datetime import timedelta

import pytest
from django.core import mail

from campaigns.actions import queue_message, send_due
from campaigns.models import Delivery, MessageTemplate, OutboxMessage, Suppression
from core.errors import InvalidInput
from customers.actions.obligations import close_obligation, make_obligation
from customers.models import Consent, ContactPoint, ServiceCost, TimelineEvent
from tests.factories.campaigns import (
    NOON,
    DeliveryFactory,
    EnrolmentFactory,
    FlowFactory,
    SmsTemplateFactory,
    TemplateFactory,
    reachable,
)
from tests.factories.customers import ConsentFactory, CustomerFactory, OrderFactory
from touches.models import PressureLimit, Touch
from webforms.links import read_visitor

pytestmark = pytest.mark.django_db


def send(now=NOON, **options):
    return send_due(now=now, sender="test-sender", **options)


@pytest.fixture(autouse=True)
def _template():
    TemplateFactory()
    PressureLimit.objects.all().delete()


def test_a_due_message_goes_out_with_text_and_html_parts():
    customer = reachable("anna@shop.test", name="Смирнова Анна Павловна")
    DeliveryFactory(customer=customer)
    assert send()["sent"] == 1
    [message] = mail.outbox
    assert message.to == ["anna@shop.test"]
    assert message.subject == "Здравствуйте, Анна"
    assert "Анна, привет!" in message.body
    assert "<p>Анна, привет!</p>" in message.alternatives[0][0]


def test_a_link_to_the_companys_site_can_say_who_comes():
    MessageTemplate.objects.update(body='<a href="https://shop.test/?fc={{ visitor_token }}">Shop</a>')
    customer = reachable()
    DeliveryFactory(customer=customer)
    send()
    [message] = mail.outbox
    token = re.search(r'href="https://shop.test/\?fc=([\w.:-]+)"', message.alternatives[0][0])[1]
    assert read_visitor(token) == ("c", customer.pk)


def test_what_was_sent_is_recorded_as_a_touch_and_on_the_timeline():
    delivery = DeliveryFactory(customer=reachable())
    send()
    delivery.refresh_from_db()
    touch = Touch.objects.get()
    event = TimelineEvent.objects.get(kind="message_sent")
    assert (delivery.state, delivery.unrecorded, delivery.attempts) == ("sent", False, 1)
    assert (touch.customer, touch.channel, touch.outcome, touch.by) == (delivery.customer, "email", "sent", None)
    assert touch.at == delivery.sent_at
    assert event.data["delivery"] == delivery.pk
    assert not ServiceCost.objects.exists()


def test_the_same_key_is_queued_and_sent_once():
    customer = reachable()
    for _ in range(2):
        queue_message(
            key="nps:1",
            customer_id=customer.pk,
            channel="email",
            purpose="service",
            template_code="hello",
            context={"nps_url": "https://x.test/"},
            due_at=NOON,
        )
    send()
    send()
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("channel", "pigeon"), ("purpose", "spam"), ("context", {"password": "x"}), ("context", {"nps_url": object()})],
)
def test_nonsense_is_not_queued(field, value):
    fields = {
        "key": "k",
        "customer_id": CustomerFactory().pk,
        "channel": "email",
        "purpose": "service",
        "template_code": "hello",
        "context": {},
        "due_at": NOON,
    }
    with pytest.raises(InvalidInput):
        queue_message(**{**fields, field: value})


def test_a_message_that_is_not_due_yet_stays():
    DeliveryFactory(customer=reachable(), due_at=NOON + timedelta(minutes=1))
    assert send()["claimed"] == 0


def test_marketing_needs_the_newest_consent_and_service_does_not():
    customer = reachable()
    ConsentFactory(customer=customer, action="withdrawn", at=NOON - timedelta(days=1))
    marketing = DeliveryFactory(customer=customer)
    send()
    marketing.refresh_from_db()
    assert (marketing.state, marketing.held_back) == ("held_back", "no_consent")
    service = DeliveryFactory(customer=customer, purpose="service")
    send()
    service.refresh_from_db()
    assert service.state == "sent"
    assert "List-Unsubscribe" not in mail.outbox[0].extra_headers


def test_consent_withdrawn_between_the_check_and_the_sending_still_counts(monkeypatch):
    customer = reachable()
    delivery = DeliveryFactory(customer=customer)
    from campaigns.actions import sending

    check_then_compose = sending.compose

    def compose_and_withdraw(*args):
        ConsentFactory(customer=customer, action="withdrawn", at=NOON)
        return check_then_compose(*args)

    monkeypatch.setattr(sending, "compose", compose_and_withdraw)
    send()
    assert mail.outbox == []
    send(NOON + timedelta(minutes=5))
    delivery.refresh_from_db()
    assert (delivery.state, delivery.held_back) == ("held_back", "no_consent")


def test_nothing_goes_to_a_suppressed_address():
    delivery = DeliveryFactory(customer=reachable("gone@shop.test"), purpose="service")
    Suppression.objects.create(channel="email", address="gone@shop.test", reason="complaint", at=NOON)
    send()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.held_back) == ("held_back", "suppressed")


def test_without_a_valid_address_a_message_is_held_back():
    customer = reachable()
    ContactPoint.objects.update(status="bounced")
    delivery = DeliveryFactory(customer=customer)
    send()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.held_back) == ("held_back", "no_address")


@pytest.mark.parametrize("body", ["{% if %}", "{{ first_name | divided_by: 0 }}"])
def test_a_broken_template_holds_back_only_its_own_messages(body):
    TemplateFactory(code="broken", body=body)
    broken = DeliveryFactory(customer=reachable(), template_code="broken")
    missing = DeliveryFactory(customer=reachable(), template_code="nowhere")
    DeliveryFactory(customer=reachable())
    assert send()["sent"] == 1
    for delivery in (broken, missing):
        delivery.refresh_from_db()
        assert (delivery.state, delivery.held_back) == ("held_back", "no_template")
        assert delivery.error


def test_at_night_by_the_customers_own_clock_marketing_waits_until_morning():
    delivery = DeliveryFactory(customer=reachable(time_zone="Asia/Vladivostok"))
    at_home = DeliveryFactory(customer=reachable())
    # 15:00 in Moscow is 22:00 in Vladivostok.
    send(NOON + timedelta(hours=3))
    delivery.refresh_from_db()
    at_home.refresh_from_db()
    assert at_home.state == "sent"
    assert delivery.state == "due"
    assert delivery.due_at.isoformat() == "2026-03-10T23:00:00+00:00"


def test_contact_pressure_puts_a_message_off_and_after_a_week_holds_it_back():
    PressureLimit.objects.create(messages=1, days=30)
    customer = reachable()
    DeliveryFactory(customer=customer)
    second = DeliveryFactory(customer=customer, due_at=NOON + timedelta(hours=1))
    Delivery.objects.update(created_at=NOON)
    send()
    send(NOON + timedelta(hours=1))
    second.refresh_from_db()
    assert (second.state, second.due_at) == ("due", NOON + timedelta(days=1, hours=1))
    Delivery.objects.filter(pk=second.pk).update(due_at=NOON + timedelta(days=8))
    send(NOON + timedelta(days=8))
    second.refresh_from_db()
    assert (second.state, second.held_back) == ("held_back", "pressure")


def test_nothing_is_offered_while_a_promise_is_overdue_and_a_service_message_still_goes():
    customer = reachable()
    promise = {"customer_id": customer.pk, "kind": "delivery", "due_on": NOON.date() - timedelta(days=1), "at": NOON}
    made = make_obligation(**promise)
    offer = DeliveryFactory(customer=customer)
    Delivery.objects.update(created_at=NOON)
    service = DeliveryFactory(customer=customer, purpose="service")
    # One message to a customer at a time: the other waits for the next batch.
    send()
    send()
    service.refresh_from_db()
    offer.refresh_from_db()
    assert service.state == "sent"
    assert (offer.state, offer.due_at) == ("due", NOON + timedelta(days=1))
    close_obligation(obligation_id=made.pk, outcome="kept", on=NOON.date(), at=NOON)
    assert send(NOON + timedelta(days=1))["sent"] == 1


def test_two_due_messages_of_one_customer_do_not_slip_past_the_pressure_together():
    PressureLimit.objects.create(messages=1, days=30)
    customer = reachable()
    DeliveryFactory.create_batch(2, customer=customer)
    send()
    send()
    assert len(mail.outbox) == 1


def test_who_has_ordered_since_entering_gets_no_more_and_leaves_the_flow():
    enrolment = EnrolmentFactory(customer=reachable(), entered_at=NOON - timedelta(days=2))
    delivery = DeliveryFactory(customer=enrolment.customer, enrolment=enrolment, step=enrolment.flow.steps.get())
    order = OrderFactory(customer=enrolment.customer, placed_at=NOON - timedelta(days=1))
    send()
    delivery.refresh_from_db()
    enrolment.refresh_from_db()
    assert (delivery.state, delivery.held_back) == ("cancelled", "ordered")
    assert (enrolment.state, enrolment.exit_reason, enrolment.order) == ("left", "ordered", order)


def test_messages_of_a_paused_flow_wait_and_go_when_it_goes_on():
    flow = FlowFactory(is_active=False)
    enrolment = EnrolmentFactory(flow=flow, customer=reachable())
    DeliveryFactory(customer=enrolment.customer, enrolment=enrolment, step=flow.steps.get())
    assert send()["claimed"] == 0
    flow.is_active = True
    flow.save()
    assert send()["sent"] == 1


def test_an_sms_goes_to_the_outbox_page_and_costs_nothing():
    SmsTemplateFactory()
    delivery = DeliveryFactory(
        customer=reachable(phone="+79120000001", name="Анна"), channel="sms", template_code="hello-sms"
    )
    send()
    delivery.refresh_from_db()
    message = OutboxMessage.objects.get()
    assert (message.channel, message.to, message.text) == ("sms", "+79120000001", "Анна, привет!")
    assert delivery.state == "sent"


def test_a_hostile_name_is_text_wherever_it_appears():
    name = '{{ company }}<script>alert(1)</script>"\r\nBcc: all@shop.test'
    DeliveryFactory(customer=reachable(name=name, kind="company"))
    send()
    [message] = mail.outbox
    html = message.alternatives[0][0]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "{{ company }}" in message.body
    assert "\n" not in message.subject


def test_the_customers_language_picks_the_template_and_russian_is_the_default():
    TemplateFactory(language="en", subject="Hello")
    DeliveryFactory(customer=reachable(language="en"))
    DeliveryFactory(customer=reachable())
    send()
    assert sorted(message.subject[:5] for message in mail.outbox) == ["Hello", "Здрав"]


def test_time_that_runs_out_gives_the_rest_back():
    for _ in range(3):
        DeliveryFactory(customer=reachable())
    tally = send(seconds=-1.0)
    assert tally["sent"] == 0
    assert Delivery.objects.filter(state="due", claimed_by="").count() == 3


def test_a_batch_asks_a_constant_number_of_queries(django_assert_max_num_queries):
    for _ in range(20):
        DeliveryFactory(customer=reachable())
    # 20 of them begin and record the messages themselves.
    with django_assert_max_num_queries(20 + 30):
        assert send()["sent"] == 20


def test_no_consent_is_ever_written_by_sending():
    DeliveryFactory(customer=reachable())
    before = Consent.objects.count()
    send()
    assert Consent.objects.count() == before
