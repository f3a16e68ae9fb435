"""From the stored message to the base: crashes, second workers, retries, versions, refunds, cancellations."""

import json
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.utils import timezone

from customers.models import Order
from platforms import actions
from platforms.actions import processing
from platforms.actions.processing import BACK_OFF
from platforms.models import Connection, InboundMessage
from platforms.tasks import tick
from tests.factories.platforms import ConnectionFactory, InboundMessageFactory
from tests.platforms.sending import message_of, payload, shopify, woo

ORDER = payload("woocommerce_order.json")
REFUND = payload("shopify_refund.json")


@pytest.mark.django_db
def test_a_message_whose_worker_died_is_taken_by_the_tick_later(monkeypatch):
    shop = ConnectionFactory()

    def die(**_how: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(processing, "record_told", die)
    with pytest.raises(KeyboardInterrupt):
        woo(shop, ORDER)
    monkeypatch.undo()
    message = shop.messages.get()
    assert (message.state, Order.objects.count()) == ("received", 0)

    tick()
    assert not Order.objects.exists(), "whoever brought it may still be at it"
    InboundMessage.objects.update(due_at=timezone.now())
    tick()

    message.refresh_from_db()
    assert (message.state, message.due_at, Order.objects.count()) == ("processed", None, 1)


@pytest.mark.django_db
def test_our_own_mistake_loses_nothing_and_stops_nobody(monkeypatch):
    shop = ConnectionFactory()
    monkeypatch.setattr(processing, "record_told", lambda **_how: 1 / 0)

    response = woo(shop, ORDER)
    monkeypatch.undo()

    assert (response.status_code, response.json()["state"]) == (202, "failed")
    assert actions.retry_failed(connection_id=shop.pk, now=timezone.now()) == 1
    tick()
    assert message_of(response).state == "processed"


@pytest.mark.django_db
def test_failed_messages_are_tried_ever_more_rarely_and_then_wait_for_a_hand():
    shop = ConnectionFactory()
    message = message_of(woo(shop, ORDER | {"currency": "USD"}))

    for attempt, pause in enumerate(BACK_OFF[1:], start=2):
        now = timezone.now()
        done = actions.process(message_id=message.pk, now=now)
        assert (done.attempts, done.due_at) == (attempt, now + pause)
    done = actions.process(message_id=message.pk, now=timezone.now())

    assert (done.state, done.due_at) == ("failed", None)


@pytest.mark.django_db
def test_of_two_workers_each_message_goes_to_one():
    shop = ConnectionFactory()
    for _number in range(3):
        InboundMessageFactory(connection=shop, state="received", due_at=timezone.now() - timedelta(minutes=1))

    first = actions.claim_due(now=timezone.now(), limit=2)
    second = actions.claim_due(now=timezone.now(), limit=2)

    assert (len(first), len(second), len({*first, *second})) == (2, 1, 3)


@pytest.mark.django_db
def test_nothing_is_worked_on_while_a_connection_is_off():
    shop = ConnectionFactory(is_active=False)
    InboundMessageFactory(connection=shop, state="received", due_at=timezone.now() - timedelta(minutes=1))

    assert actions.claim_due(now=timezone.now(), limit=5) == []


@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_from_two_sides_at_once_is_one_order():
    shop = ConnectionFactory()
    states: list[str] = []
    together = threading.Barrier(4)

    def send() -> None:
        together.wait()
        states.append(woo(shop, ORDER).json()["state"])
        database.close()

    threads = [threading.Thread(target=send) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(states) == ["processed", "repeated", "repeated", "repeated"]
    assert (Order.objects.count(), shop.messages.count(), shop.messages.get().repeats) == (1, 1, 3)


@pytest.mark.django_db(transaction=True)
def test_one_message_worked_on_twice_at_once_is_recorded_once():
    shop = ConnectionFactory(platform="shopify")
    shopify(shop, payload("shopify_order.json"))
    message = InboundMessageFactory(
        connection=shop, topic="refunds/create", state="received", body=_json(REFUND), attempts=0
    )
    together = threading.Barrier(3)

    def work() -> None:
        together.wait()
        actions.process(message_id=message.pk, now=timezone.now())
        database.close()

    threads = [threading.Thread(target=work) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Order.objects.get().returned == Decimal("1595.00")


def _json(data: object) -> bytes:
    return json.dumps(data).encode()


@pytest.mark.django_db
def test_an_older_message_never_overwrites_a_newer_one():
    shop = ConnectionFactory()
    older = ORDER | {"status": "processing", "date_modified_gmt": "2024-03-06T07:00:05"}
    woo(shop, ORDER)

    response = woo(shop, older, delivery="late")

    assert response.json()["state"] == "ignored"
    assert message_of(response).notes == [{"code": "outdated", "value": "5120"}]
    assert Order.objects.get().status == "fulfilled"


@pytest.mark.django_db
def test_of_two_changes_in_one_second_the_later_to_arrive_wins():
    shop = ConnectionFactory()
    woo(shop, ORDER | {"status": "processing"})

    response = woo(shop, ORDER, delivery="d2")

    assert response.json()["state"] == "processed"
    assert Order.objects.get().status == "fulfilled"


@pytest.mark.django_db
def test_an_order_deleted_and_restored():
    shop = ConnectionFactory()
    woo(shop, ORDER)

    woo(shop, {"id": 5120}, topic="order.deleted", delivery="d2")
    order = Order.objects.get()
    assert (order.status, order.revenue, order.customer.name) == ("cancelled", 0, "Мария Ковалёва")

    later = (timezone.now() + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S")
    woo(shop, ORDER | {"date_modified_gmt": later}, topic="order.restored", delivery="d3")
    order.refresh_from_db()
    assert (order.status, order.revenue) == ("fulfilled", Decimal("2100.00"))


@pytest.mark.django_db
def test_deleting_an_order_that_is_not_known_does_nothing():
    response = woo(ConnectionFactory(), {"id": 5120}, topic="order.deleted")

    assert response.json()["state"] == "ignored"


@pytest.mark.django_db
def test_a_refund_told_apart_takes_its_goods_and_money_off():
    shop = ConnectionFactory(platform="shopify")
    shopify(shop, payload("shopify_order.json"))

    response = shopify(shop, REFUND, topic="refunds/create", webhook="w2")

    assert response.json()["state"] == "processed", response.json()
    order = Order.objects.get()
    assert (order.returned, order.revenue) == (Decimal("1595.00"), Decimal("1375.00"))
    assert order.lines.get(product__sku="LAMP-B").returned_quantity == 1
    assert order.customer.name == "Павел Зимин"


@pytest.mark.django_db
def test_a_refund_told_apart_and_in_its_order_counts_once():
    shop = ConnectionFactory(platform="shopify")
    order = payload("shopify_order.json")
    shopify(shop, order)
    both = order | {
        "updated_at": "2024-04-05T12:30:00+03:00",
        "current_total_price": "1375.00",
        "refunds": [*order["refunds"], {k: REFUND[k] for k in ("id", "refund_line_items", "transactions")}],
    }

    shopify(shop, REFUND, topic="refunds/create", webhook="w2")
    shopify(shop, both, webhook="w3")
    assert Order.objects.get().returned == Decimal("1595.00")

    shopify(shop, REFUND | {"note": "again"}, topic="refunds/create", webhook="w4")
    assert Order.objects.get().returned == Decimal("1595.00")


@pytest.mark.django_db
def test_a_refund_before_its_order_waits_for_it():
    shop = ConnectionFactory(platform="shopify")

    early = shopify(shop, REFUND, topic="refunds/create")
    assert early.json()["state"] == "failed"
    shopify(shop, payload("shopify_order.json"), webhook="w2")
    InboundMessage.objects.filter(pk=early.json()["id"]).update(due_at=timezone.now())
    tick()

    assert Order.objects.get().returned == Decimal("1595.00")


@pytest.mark.django_db
def test_an_order_cancelled_in_another_currency_comes_back_to_the_kopeck():
    shop: Connection = ConnectionFactory()
    shop.settings["rates"] = {"USD": "91.3377"}
    shop.save()
    woo(shop, ORDER | {"currency": "USD"})
    before = list(Order.objects.get().lines.values_list("revenue", "discount", "returned_amount"))

    woo(shop, {"id": 5120}, topic="order.deleted", delivery="d2")

    assert list(Order.objects.get().lines.values_list("revenue", "discount", "returned_amount")) == before


@pytest.mark.django_db
def test_after_the_table_of_statuses_is_mended_the_failed_come_in():
    shop = ConnectionFactory()
    message = message_of(woo(shop, ORDER | {"currency": "USD"}))

    again = actions.change_settings(
        connection=shop,
        name=shop.name,
        api_url="",
        statuses=shop.settings["statuses"],
        rates={"USD": "90"},
        price_type="",
        now=timezone.now(),
    )
    tick()

    message.refresh_from_db()
    assert (again, message.state) == (1, "processed")


@pytest.mark.django_db
def test_a_status_that_is_no_order_yet_is_left_out():
    shop = ConnectionFactory()
    shop.settings["statuses"]["completed"] = ""
    shop.save()

    assert woo(shop, ORDER).json()["state"] == "ignored"
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_old_messages_are_forgotten():
    shop = ConnectionFactory()
    InboundMessageFactory(connection=shop, received_at=timezone.now() - timedelta(days=31))
    kept = InboundMessageFactory(connection=shop, received_at=timezone.now() - timedelta(days=29))

    tick()

    assert list(shop.messages.all()) == [kept]
