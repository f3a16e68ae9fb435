"""Who may send, what is kept, and what comes twice."""

import json
from datetime import UTC

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Order
from customers.rules.faults import Faulty
from customers.rules.reading import read_order
from customers.rules.records import Company
from customers.rules.text import clean_text
from platforms.actions.receiving import REFUSED_AN_HOUR, REFUSED_BYTES
from platforms.models import InboundMessage
from platforms.rules import woocommerce
from platforms.rules.contract import Context
from tests.factories.naughty import NAUGHTY, OWN
from tests.factories.platforms import SECRET, ConnectionFactory
from tests.platforms.sending import form, message_of, payload, post, shopify, woo

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
ORDER = payload("woocommerce_order.json")


def test_a_forged_signature_is_refused_and_written_down():
    shop = ConnectionFactory()

    response = woo(shop, ORDER, sign="guessed")

    assert (response.status_code, response.json()["state"]) == (401, "refused")
    message = message_of(response)
    assert (message.signature, message.errors[0]["code"], len(message.body)) == ("forged", "forged", REFUSED_BYTES)
    assert not Order.objects.exists()


def test_a_body_changed_on_its_way_is_refused():
    shop = ConnectionFactory(platform="shopify")
    data = payload("shopify_order.json")
    from tests.platforms.sending import signature

    signed = signature(json.dumps(data).encode())
    body = json.dumps(data | {"total_price": "1.00"}).encode()
    response = post(shop, body, **{"X-Shopify-Topic": "orders/updated", "X-Shopify-Hmac-Sha256": signed})

    assert response.status_code == 401


@pytest.mark.parametrize("platform", ["insales", "retailcrm", "amocrm"])
def test_where_nothing_is_signed_the_secret_of_the_address_is_the_check(platform):
    shop = ConnectionFactory(platform=platform)

    assert post(shop, b'{"id": 1}').status_code == 401
    assert post(shop, b'{"id": 1}', secret="wrong").status_code == 401
    assert post(shop, b'{"id": 1}', secret=SECRET).status_code != 401


def test_bitrix24_is_known_by_its_application_token():
    crm = ConnectionFactory(platform="bitrix24", secret="another")

    body = form("bitrix24_event.txt", TS=str(int(timezone.now().timestamp())))

    assert post(crm, body, content_type=FORM).status_code == 401


def test_an_old_message_of_bitrix24_is_refused():
    crm = ConnectionFactory(platform="bitrix24")

    response = post(crm, form("bitrix24_event.txt", TS="1700000000"), content_type=FORM)

    assert (response.status_code, message_of(response).errors[0]["code"]) == (400, "stale")


def test_a_connection_without_a_secret_lets_nobody_in():
    shop = ConnectionFactory(platform="shopify", secret="")

    assert shopify(shop, payload("shopify_order.json")).status_code == 401


def test_a_flood_of_forgeries_does_not_fill_the_log():
    shop = ConnectionFactory()

    for number in range(REFUSED_AN_HOUR + 5):
        assert woo(shop, ORDER | {"id": number + 1}, sign="guessed").status_code == 401

    assert shop.messages.count() == REFUSED_AN_HOUR
    assert shop.messages.order_by("-id").first().repeats == 5


def test_a_forgery_does_not_take_the_place_of_the_real_delivery():
    shop = ConnectionFactory()

    woo(shop, ORDER, sign="guessed")
    response = woo(shop, ORDER)

    assert response.json()["state"] == "processed"


def test_the_same_delivery_again_is_answered_and_changes_nothing():
    shop = ConnectionFactory()
    first = woo(shop, ORDER)
    stored = Order.objects.values().get()

    again = woo(shop, ORDER)

    assert (again.status_code, again.json()["state"]) == (200, "repeated")
    assert again.json()["id"] == first.json()["id"]
    assert message_of(first).repeats == 1
    assert Order.objects.values().get() == stored


def test_two_orders_of_one_second_share_woocommerces_delivery_id_and_both_come_in():
    shop = ConnectionFactory()

    woo(shop, ORDER)
    woo(shop, ORDER | {"id": 5122, "number": "5122"})

    assert Order.objects.count() == 2


def test_shopify_that_was_not_answered_sends_again_and_is_not_taken_twice():
    shop = ConnectionFactory(platform="shopify")
    shopify(shop, payload("shopify_order.json"))

    again = shopify(shop, payload("shopify_order.json"))

    assert again.json()["state"] == "repeated"
    assert Order.objects.count() == 1


def test_woocommerces_ping_is_answered_before_anything_is_signed():
    shop = ConnectionFactory()

    response = post(shop, b"webhook_id=17", content_type=FORM)

    assert (response.status_code, response.json()["state"]) == (200, "ping")
    assert not InboundMessage.objects.exists()


def test_an_unknown_address_and_a_connection_that_is_off():
    shop = ConnectionFactory(is_active=False)

    assert Client().post("/in/nobody.nothing/").status_code == 404
    assert woo(shop, ORDER).status_code == 410
    assert not InboundMessage.objects.exists()


def test_looking_at_the_address_changes_nothing():
    shop = ConnectionFactory()

    response = Client().get(reverse("inbound", args=[shop.code]))

    assert response.json()["state"] == "ready"
    shop.refresh_from_db()
    assert shop.last_seen_at is None


HOSTILE = {
    "not JSON": b"{",
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "a list": b"[1, 2]",
    "a bare number": b"5",
    "NaN": b'{"id": 1, "total": NaN}',
    "deep lists": b'{"id": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep objects": b'{"a":' * 60 + b"1" + b"}" * 60,
    "very deep": b"[" * 200_000,
    "a number of many digits": b'{"id": ' + b"9" * 10_000 + b"}",
    "an object for an id": b'{"id": {"a": 1}, "status": "completed"}',
    "a text for lines": b'{"id": 1, "status": "completed", "line_items": "many"}',
    "texts for lines": b'{"id": 1, "status": "completed", "line_items": ["a", "b"]}',
    "a list for billing": b'{"id": 1, "status": "completed", "billing": [1]}',
    "words for money": b'{"id": 1, "status": "completed", "total": "a lot"}',
    "endless money": b'{"id": 1, "status": "completed", "total": 1e999999999}',
    "true for money": b'{"id": 1, "status": "completed", "total": true}',
    "a word for a date": b'{"id": 1, "status": "completed", "total": "1", "date_created": "soon"}',
    "no id": b'{"status": "completed", "total": "1"}',
    "empty": b"",
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_cannot_be_read_is_refused_in_words_and_written_down(body):
    shop = ConnectionFactory()

    response = woo(shop, body)

    assert response.status_code == 400, response.content
    assert response.json()["errors"][0]
    assert message_of(response).state == "refused"
    assert not Order.objects.exists()


@pytest.mark.parametrize("text", ["\0", "\ud800", "a\0b" * 200, "\u202e<script>", "'; DROP TABLE x; --", "{{ 7*7 }}"])
def test_strange_characters_do_no_harm(text):
    shop = ConnectionFactory()
    data = ORDER | {"number": text, "billing": ORDER["billing"] | {"first_name": text, "phone": text, "city": text}}

    response = woo(shop, data, topic=f"order.{text.encode('ascii', 'replace').decode()}".replace("\0", "?")[:50])

    assert response.status_code in (200, 202), response.content
    assert message_of(response).state in ("processed", "failed")


def test_a_huge_body_is_refused():
    shop = ConnectionFactory()

    response = woo(shop, b'{"id": "' + b"a" * (5 * 1024 * 1024) + b'"}')

    assert response.status_code == 413
    assert len(message_of(response).body) == REFUSED_BYTES


def test_a_form_with_very_many_fields_is_refused():
    crm = ConnectionFactory(platform="amocrm")
    body = b"&".join(b"leads[add][%d][id]=1" % number for number in range(30_000))

    assert post(crm, body, secret=SECRET, content_type=FORM).status_code == 400


def test_a_message_of_another_platform_says_nothing_here():
    crm = ConnectionFactory(platform="amocrm")

    response = post(crm, b'{"hello": "world"}', secret=SECRET)

    assert response.json()["state"] == "ignored"


def named(text: str) -> dict[str, object]:
    billing = ORDER["billing"] | {"first_name": text, "last_name": "", "city": text[:200]}
    return ORDER | {"billing": billing, "customer_id": 0}


def test_naughty_names_come_through_the_mapping_unchanged_or_are_refused():
    ctx = Context(Company("RUB", 2, UTC, "RU"), "shop", woocommerce.STATUSES)

    for text in NAUGHTY:
        told = woocommerce.ADAPTER.tell("order.updated", named(text), ctx)
        assert outcome(told.orders[0], ctx) in (expected(text), "bad_characters"), ascii(text)


def outcome(data: dict[str, object], ctx: Context) -> str:
    """The name that would be stored, or why nothing would."""
    try:
        return read_order(data, ctx.company, timezone.now()).customer.name
    except Faulty as refusal:
        return ",".join({fault.code for fault in refusal.faults})


def expected(text: str) -> str:
    if "\0" in text:
        return "bad_characters"
    return clean_text(text.strip()[:300].strip(), "name", 300)


@pytest.mark.parametrize("text", OWN, ids=ascii)
def test_naughty_names_are_stored_unchanged_or_wait_in_the_log(text):
    response = woo(ConnectionFactory(), named(text))

    message = message_of(response)
    if message.state == "processed":
        assert Customer.objects.get().name == expected(text)
    else:
        assert (response.status_code, message.errors[0]["code"]) == (202, "bad_characters")
