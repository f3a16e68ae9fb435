"""Sending to a receiver on 127.0.0.1: good, bad, slow, gone; and senders that die or meet."""

import base64
import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from core import outgoing
from customers.models import ContactPoint, ExternalRef
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.receiver import receiving, unused_port
from tests.factories.webhooks import SECRET, DeliveryFactory, SubscriptionFactory
from webhooks import actions
from webhooks.actions import sending
from webhooks.models import Subscription, WebhookDelivery
from webhooks.rules.signing import key_of
from webhooks.tasks import drain, send_due

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def receiver(settings):
    settings.OUTGOING_TRUSTED_HOSTS = ["127.0.0.1"]
    with receiving() as running:
        yield running


@pytest.fixture
def subscription(receiver):
    return SubscriptionFactory(url=receiver.url)


def send(**more):
    return actions.send_batch(now=datetime.now(UTC), sender="s1", **more)


def verified(secret, headers, body):
    """Whether one of the signatures is right, computed apart from the program."""
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    right = base64.b64encode(hmac.new(key_of(secret), content, hashlib.sha256).digest()).decode()
    return f"v1,{right}" in headers["webhook-signature"].split(" ")


def test_a_due_event_is_sent_signed_with_ids_and_figures_only(receiver, subscription):
    customer = CustomerFactory(name="Anna")
    ContactPoint.objects.create(customer=customer, channel="email", value="anna@shop.test")
    ExternalRef.objects.create(customer=customer, source="shop", external_id="77")
    order = OrderFactory(customer=customer, number="A-1")
    row = DeliveryFactory(subscription=subscription, customer_id=customer.pk, event_id=5, facts={"order": order.pk})

    assert send().delivered == 1

    _path, headers, body = receiver.requests[0]
    assert verified(SECRET, headers, body)
    assert headers["webhook-id"] == row.message_id
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    told = json.loads(body)
    assert (told["type"], told["timestamp"]) == ("order.recorded", "2026-11-20T12:00:00+00:00")
    assert told["data"]["customer"] == {"id": customer.pk, "refs": [{"source": "shop", "external_id": "77"}]}
    assert (told["data"]["order"]["number"], told["data"]["order"]["revenue"]) == ("A-1", "1000.00")
    row.refresh_from_db()
    assert (row.state, row.attempts, row.response_code, row.response_excerpt) == ("delivered", 1, 200, "ok")
    assert json.loads(row.payload) == told


def test_names_and_contacts_leave_only_where_allowed_and_are_not_kept(receiver, subscription):
    Subscription.objects.update(with_contacts=True)
    customer = CustomerFactory(name="Anna")
    ContactPoint.objects.create(customer=customer, channel="email", value="anna@shop.test")
    row = DeliveryFactory(subscription=subscription, customer_id=customer.pk)
    send()
    told = json.loads(receiver.requests[0][2])["data"]["customer"]
    assert told["name"] == "Anna"
    assert told["contacts"] == [{"channel": "email", "value": "anna@shop.test", "status": "valid"}]
    row.refresh_from_db()
    assert "anna" not in row.payload.lower()


def test_after_a_failure_it_is_tried_again_by_schedule_under_the_same_id(receiver, subscription, clock):
    receiver.answers = [(500, {}, b"broken"), (200, {}, b"")]
    row = DeliveryFactory(subscription=subscription)
    send()
    row.refresh_from_db()
    assert (row.state, row.response_code, row.response_excerpt) == ("failed", 500, "broken")
    assert timedelta(seconds=5) <= row.next_at - NOW <= timedelta(seconds=5.5)
    assert Subscription.objects.get().failing_since == NOW
    assert send().claimed == 0
    clock.shift(timedelta(seconds=6))
    assert send().delivered == 1
    assert Subscription.objects.get().failing_since is None
    assert len({headers["webhook-id"] for _path, headers, _body in receiver.requests}) == 1


def test_the_last_attempt_is_given_up_and_can_be_sent_again_by_hand(receiver, subscription):
    receiver.answer(500)
    row = DeliveryFactory(subscription=subscription, attempts=9, state="failed")
    send()
    row.refresh_from_db()
    assert (row.state, row.attempts, row.finished_at) == ("given_up", 10, NOW)
    receiver.answer(204)
    actions.send_again(delivery_id=row.pk, now=NOW)
    assert send().delivered == 1


def test_retry_after_is_honoured(receiver, subscription):
    receiver.answer(429, Retry_After="600")
    row = DeliveryFactory(subscription=subscription)
    send()
    row.refresh_from_db()
    assert row.next_at == NOW + timedelta(seconds=600)


def test_gone_switches_the_subscription_off(receiver, subscription):
    receiver.answer(410)
    row = DeliveryFactory(subscription=subscription)
    send()
    row.refresh_from_db()
    subscription.refresh_from_db()
    assert row.state == "given_up"
    assert not subscription.is_active
    assert "410" in subscription.note


def test_five_days_of_failure_switch_it_off_and_what_waited_is_sent_when_it_is_on_again(receiver, subscription):
    Subscription.objects.update(failing_since=NOW - timedelta(days=5))
    receiver.answer(500)
    DeliveryFactory(subscription=subscription)
    send()
    subscription.refresh_from_db()
    assert not subscription.is_active
    assert subscription.note
    receiver.answer(200)
    WebhookDelivery.objects.update(next_at=NOW)
    assert send().claimed == 0
    actions.switch(subscription_id=subscription.pk, is_on=True)
    assert send().delivered == 1


@pytest.mark.parametrize(
    ("status", "headers"), [(302, {"Location": "http://169.254.169.254/"}), (404, {}), (301, {"Location": "/x"})]
)
def test_redirects_are_failures_and_lead_nowhere(receiver, subscription, status, headers):
    receiver.answers = [(status, headers, b"")]
    row = DeliveryFactory(subscription=subscription)
    send()
    row.refresh_from_db()
    assert (row.state, row.response_code) == ("failed", status)
    assert len(receiver.requests) == 1


def test_an_answer_too_slow_too_large_or_not_text_does_no_harm(receiver, subscription, monkeypatch, clock):
    receiver.answer(200, b"\x00\xff" * 500_000)
    row = DeliveryFactory(subscription=subscription)
    send()
    row.refresh_from_db()
    assert row.state == "delivered"
    assert len(row.response_excerpt) == 1000
    monkeypatch.setattr(sending, "TIMEOUT", 0.2)
    receiver.pause = 1
    slow = DeliveryFactory(subscription=subscription)
    send()
    slow.refresh_from_db()
    assert (slow.state, slow.response_code) == ("failed", None)
    assert slow.error


def test_an_address_inside_the_network_is_refused_at_sending(receiver, settings):
    settings.OUTGOING_TRUSTED_HOSTS = []
    for url in ("https://127.0.0.1/", "https://localhost/", "https://[::ffff:169.254.169.254]/"):
        row = DeliveryFactory(subscription=SubscriptionFactory(url=url))
        send()
        row.refresh_from_db()
        assert (row.state, row.response_code) == ("failed", None), url
        assert row.error
    assert receiver.requests == []


def test_one_dead_address_holds_up_neither_the_others_nor_its_own_turn(receiver, subscription):
    dead = SubscriptionFactory(url=f"http://127.0.0.1:{unused_port()}/")
    DeliveryFactory.create_batch(30, subscription=dead)
    DeliveryFactory.create_batch(3, subscription=subscription)
    assert drain(seconds=20) == {"claimed": 23, "delivered": 3}
    states = [row.state for row in WebhookDelivery.objects.filter(subscription=dead)]
    assert (states.count("failed"), states.count("due")) == (1, 29)
    assert WebhookDelivery.objects.filter(subscription=dead, attempts=1).count() == 1
    WebhookDelivery.objects.update(next_at=NOW)
    assert send().claimed == 1


def test_a_batch_is_built_in_as_many_queries_for_many_as_for_one(receiver, subscription, django_assert_num_queries):
    def rows(count):
        DeliveryFactory.create_batch(count, subscription=subscription, customer_id=CustomerFactory().pk)
        return list(WebhookDelivery.objects.select_related("subscription"))

    for count in (1, 10):
        batch = rows(count)
        with django_assert_num_queries(1):
            sending.messages(batch)


def test_a_sender_killed_in_the_middle_leaves_rows_that_are_sent_later(receiver, subscription, monkeypatch, clock):
    row = DeliveryFactory(subscription=subscription)

    def die(*_args, **_how):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "messages", die)
        with pytest.raises(KeyboardInterrupt):
            send()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sending", 1)
    assert actions.sweep_dead_senders(now=NOW) == 0
    clock.shift(timedelta(minutes=11))
    assert send_due() == {"claimed": 1, "delivered": 1}
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("delivered", 2)


def test_an_answer_of_a_sender_given_up_for_dead_changes_nothing(receiver, subscription):
    row = DeliveryFactory(subscription=subscription)
    claimed = sending._claim(NOW, "slow", ())
    WebhookDelivery.objects.update(state="due", claimed_by="")
    built = sending.messages(claimed)
    sending._record(claimed[0], sending.Outcome(outgoing.Answer(500, {}, b"")), built[row.pk], "slow", NOW)
    row.refresh_from_db()
    assert (row.state, row.response_code) == ("due", None)


def test_two_secrets_sign_while_one_is_replaced_and_one_after_a_day(receiver, subscription, clock):
    secret = actions.roll_secret(subscription_id=subscription.pk, now=NOW)
    DeliveryFactory.create_batch(2, subscription=subscription)
    WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.latest("pk").pk).update(
        next_at=NOW + timedelta(days=1, seconds=1)
    )
    send()
    clock.shift(timedelta(days=1, seconds=2))
    send()
    (_p, during, body), (_q, after, later) = receiver.requests
    assert verified(secret, during, body)
    assert verified(SECRET, during, body)
    assert verified(secret, after, later)
    assert not verified(SECRET, after, later)


def test_the_log_is_forgotten_after_thirty_days(clock):
    DeliveryFactory(created_at=NOW - timedelta(days=31))
    kept = DeliveryFactory(created_at=NOW - timedelta(days=29), state="delivered")
    send_due()
    assert list(WebhookDelivery.objects.all()) == [kept]


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_event_once(receiver, subscription):
    DeliveryFactory.create_batch(30, subscription=subscription)
    start = threading.Barrier(2)

    def work(name):
        try:
            start.wait()
            while actions.send_batch(now=NOW, sender=name).claimed:
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [headers["webhook-id"] for _path, headers, _body in receiver.requests]
    assert len(ids) == len(set(ids)) == 30
    assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}
