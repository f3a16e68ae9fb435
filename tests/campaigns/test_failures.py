"""Gateways that refuse, are away, or do not answer; senders that die; people who decide."""

from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns.actions import confirm_sent, record_sent, send_again, send_due, sending, sweep_dead_senders
from campaigns.gateways.interface import Receipt, Refused, Unavailable, Unclear
from campaigns.models import Delivery
from campaigns.rules.attempts import MAX_ATTEMPTS
from core.errors import Conflict
from customers.models import ContactPoint, ServiceCost, TimelineEvent
from tests.factories.campaigns import NOON, DeliveryFactory, SmsTemplateFactory, reachable
from touches.models import PressureLimit, Touch

pytestmark = pytest.mark.django_db


class Gateway:
    """An SMS gateway that does what it is told."""

    def __init__(self):
        self.error = None
        self.sent = []

    def send(self, to, text):
        if self.error is not None:
            raise self.error
        self.sent.append(to)
        return Receipt("sms-1", Decimal("3.50"))


@pytest.fixture
def gateway(monkeypatch):
    gateway = Gateway()
    monkeypatch.setattr(sending, "sms_gateway", lambda: gateway)
    SmsTemplateFactory()
    PressureLimit.objects.all().delete()
    return gateway


def sms(number=1):
    customer = reachable(phone=f"+7912000{number:04}")
    return DeliveryFactory(customer=customer, channel="sms", template_code="hello-sms")


def send(now=NOON, sender="test-sender"):
    return send_due(now=now, sender=sender)


def state_of(delivery):
    delivery.refresh_from_db()
    return delivery.state


def test_the_price_of_an_sms_lowers_the_customers_ltv(gateway):
    delivery = sms()
    send()
    assert state_of(delivery) == "sent"
    assert delivery.cost == Decimal("3.50")
    assert delivery.provider_id == "sms-1"
    cost = ServiceCost.objects.get()
    assert (cost.customer, cost.amount) == (delivery.customer, Decimal("3.50"))


def test_a_temporary_failure_is_tried_again_later_and_later_and_then_given_up(gateway):
    gateway.error = Unavailable("busy")
    delivery, moment, pauses = sms(), NOON, []
    for _ in range(MAX_ATTEMPTS):
        send(moment)
        delivery.refresh_from_db()
        if delivery.state == "due":
            pauses.append(delivery.due_at - moment)
            # The next try by day, so that quiet hours do not come in between.
            moment += timedelta(days=1)
    assert delivery.state == "failed"
    assert delivery.attempts == MAX_ATTEMPTS
    assert [round(pause.total_seconds() / 60) for pause in pauses] == [5, 30, 120, 720]
    assert gateway.sent == []


def test_a_refusal_for_good_fails_at_once_and_marks_a_number_that_is_at_fault(gateway):
    gateway.error = Refused("no such number", address_fault=True)
    delivery = sms()
    send()
    assert state_of(delivery) == "failed"
    assert ContactPoint.objects.get(customer=delivery.customer).status == "unreachable"
    told = TimelineEvent.objects.get(customer=delivery.customer, kind="message_bounced")
    assert told.data == {"channel": "sms", "message": delivery.pk, "reason": "bad_address"}


def test_a_refused_text_does_not_mark_the_number(gateway):
    gateway.error = Refused("too long")
    delivery = sms()
    send()
    assert ContactPoint.objects.get(customer=delivery.customer).status == "valid"
    assert not TimelineEvent.objects.filter(kind="message_bounced").exists()


def test_when_the_whole_gateway_is_away_nobody_loses_an_attempt(gateway):
    gateway.error = Unavailable("no money", whole=True)
    deliveries = [sms(number) for number in range(3)]
    send()
    assert [state_of(delivery) for delivery in deliveries] == ["due"] * 3
    assert [delivery.attempts for delivery in deliveries] == [0] * 3
    gateway.error = None
    send(NOON + timedelta(minutes=5))
    assert len(gateway.sent) == 3


def test_a_message_without_an_answer_is_unclear_and_never_sent_again_by_itself(gateway):
    gateway.error = Unclear("timeout")
    delivery = sms()
    send()
    gateway.error = None
    for hours in (1, 24, 48):
        sweep_dead_senders(now=NOON + timedelta(hours=hours))
        send(NOON + timedelta(hours=hours))
    assert state_of(delivery) == "ambiguous"
    assert gateway.sent == []
    assert not Touch.objects.exists()


def test_a_fault_of_our_own_in_the_middle_of_sending_is_unclear_too(gateway):
    gateway.error = ZeroDivisionError("oops")
    delivery = sms()
    send()
    assert state_of(delivery) == "ambiguous"


def test_three_unclear_ones_in_a_row_stop_the_batch(gateway):
    gateway.error = Unclear("timeout")
    deliveries = [sms(number) for number in range(6)]
    send()
    states = sorted(state_of(delivery) for delivery in deliveries)
    assert states == ["ambiguous"] * 3 + ["due"] * 3


def test_of_a_dead_sender_claimed_messages_are_due_again_and_begun_ones_unclear(gateway):
    claimed, begun = sms(1), sms(2)
    Delivery.objects.update(claimed_by="dead", lease_until=NOON)
    Delivery.objects.filter(pk=claimed.pk).update(state="claimed")
    Delivery.objects.filter(pk=begun.pk).update(state="sending")
    assert sweep_dead_senders(now=NOON) == {"due_again": 0, "ambiguous": 0}
    swept = sweep_dead_senders(now=NOON + timedelta(seconds=1))
    assert swept == {"due_again": 1, "ambiguous": 1}
    assert (state_of(claimed), state_of(begun)) == ("due", "ambiguous")


def test_a_sender_that_was_only_slow_still_records_its_message(gateway):
    delivery = sms()
    deliver = gateway.send

    def slowly(to, text):
        sweep_dead_senders(now=NOON + timedelta(hours=1))
        assert state_of(delivery) == "ambiguous"
        return deliver(to, text)

    gateway.send = slowly
    send()
    assert state_of(delivery) == "sent"


def test_what_a_dead_sender_sent_but_did_not_write_down_is_written_by_the_next(gateway):
    delivery = sms()
    Delivery.objects.update(state="sent", sent_at=NOON, unrecorded=True)
    record_sent()
    record_sent()
    assert Touch.objects.get().customer == delivery.customer
    assert TimelineEvent.objects.filter(kind="message_sent").count() == 1


def test_a_person_says_that_an_unclear_message_was_sent(gateway):
    delivery = sms()
    Delivery.objects.update(state="ambiguous", started_at=NOON)
    confirm_sent(delivery_id=delivery.pk, now=NOON + timedelta(days=1))
    assert state_of(delivery) == "sent"
    assert delivery.sent_at == NOON
    assert Touch.objects.get().at == NOON
    with pytest.raises(Conflict):
        send_again(delivery_id=delivery.pk, now=NOON)


def test_a_person_lets_an_unclear_message_go_again(gateway):
    delivery = sms()
    Delivery.objects.update(state="ambiguous", claimed_by="dead", attempts=1)
    send_again(delivery_id=delivery.pk, now=NOON)
    send()
    assert state_of(delivery) == "sent"
    assert len(gateway.sent) == 1
    with pytest.raises(Conflict):
        confirm_sent(delivery_id=delivery.pk, now=NOON)
