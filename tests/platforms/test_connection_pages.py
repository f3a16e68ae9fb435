"""The pages of connections: made, read, changed and tried again by administrators."""

import json
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.roles import Role
from customers.models import Order
from platforms.models import Connection, Platform
from tests.factories.core import UserFactory
from tests.factories.platforms import SECRET, ConnectionFactory, InboundMessageFactory
from tests.platforms.sending import message_of, payload, woo

pytestmark = pytest.mark.django_db
ORDER = payload("woocommerce_order.json")


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, language="en"))
    return client


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER])
def test_nobody_else_sees_connections(role):
    client = Client()
    client.force_login(UserFactory(role=role))
    message = InboundMessageFactory()

    for name, args in (
        ("connection_list", []),
        ("connection_new", []),
        ("connection_page", [message.connection_id]),
        ("inbound_message", [message.pk]),
    ):
        assert client.get(reverse(name, args=args)).status_code == 403


@pytest.mark.parametrize("platform", Platform.values)
def test_each_platform_is_connected_in_two_steps(admin, platform):
    chosen = f"{reverse('connection_new')}?platform={platform}"
    assert chosen.encode().split(b"?")[1] in admin.get(reverse("connection_new")).content

    response = admin.post(chosen, {"name": "Our shop", "source": "our-shop", "secret": "shpss_57"}, follow=True)

    made = Connection.objects.get()
    page = response.content.decode()
    assert (made.platform, made.source, made.is_active) == (platform, "our-shop", True)
    assert f"/in/{made.code}" in page
    assert made.settings["statuses"]["*"] in ("", "new", "confirmed")
    gives = platform in ("shopify", "bitrix24", "mango", "twilio")
    assert (made.secret == "shpss_57") == gives
    assert (made.secret in page) != gives, "a secret that the platform gave is not shown again"


def test_two_connections_do_not_share_a_source(admin):
    ConnectionFactory(source="shop")

    response = admin.post(f"{reverse('connection_new')}?platform=shopify", {"name": "x", "source": "shop"})

    assert response.status_code == 422
    assert "Another connection has this source" in response.content.decode()


def test_the_list_says_how_each_connection_is(admin):
    ConnectionFactory(name="Silent")
    ConnectionFactory(name="Stopped", is_active=False)
    InboundMessageFactory(connection=ConnectionFactory(name="Broken"))
    ConnectionFactory(name="Fine", last_seen_at=timezone.now())

    page = admin.get(reverse("connection_list")).content.decode()

    for word in ("Waits for the first message", "Off", "Has failed messages", "In order"):
        assert word in page


@pytest.mark.parametrize("name", ["connection_list", "connection_page"])
def test_the_number_of_queries_does_not_grow(admin, name):
    shop = ConnectionFactory()
    args = [shop.pk] if name == "connection_page" else []
    counts = []
    for _round in range(2):
        InboundMessageFactory(connection=shop)
        ConnectionFactory()
        with CaptureQueriesContext(
            database,
        ) as seen:
            assert admin.get(reverse(name, args=args)).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1]


def test_the_log_is_filtered_by_state(admin):
    shop = ConnectionFactory()
    InboundMessageFactory(connection=shop, topic="order.first")
    InboundMessageFactory(connection=shop, topic="order.second", state="processed")

    page = admin.get(reverse("connection_page", args=[shop.pk]), {"state": "failed"}).content.decode()

    assert "order.first" in page
    assert "order.second" not in page


def test_a_message_is_shown_with_what_came_of_it(admin):
    message = message_of(woo(ConnectionFactory(), ORDER))

    page = admin.get(reverse("inbound_message", args=[message.pk])).content.decode()

    assert "5120" in page
    assert reverse("customer_card", args=[Order.objects.get().customer_id]) in page
    assert "«Утро»" in page.replace("&laquo;", "«").replace("&amp;laquo;", "«").replace("&amp;raquo;", "»")


def test_what_came_is_shown_harmless(admin):
    shop = ConnectionFactory()
    text = "<script>alert(1)</script>"
    for body in (json.dumps({"a": text}).encode(), f"a[b]={text}".encode(), text.encode(), b"\xff\x00\xfe<b>"):
        message = InboundMessageFactory(connection=shop, body=body, topic=text)

        page = admin.get(reverse("inbound_message", args=[message.pk])).content.decode()

        assert "<script>alert" not in page
        assert "\0" not in page


def test_keys_of_the_platform_are_not_shown(admin):
    body = b"auth[access_token]=s6p6eclrvim6da22ft9ch94&auth[application_token]=51856fefc120afa4b628"
    message = InboundMessageFactory(connection__platform="bitrix24", body=body)

    page = admin.get(reverse("inbound_message", args=[message.pk])).content.decode()

    assert "s6p6eclrvim" not in page
    assert "51856fefc" not in page


def settings_form(connection: Connection, **changes: object) -> dict[str, object]:
    statuses = connection.settings["statuses"]
    return {"name": "Renamed", "rates": "", "code": list(statuses), "status": list(statuses.values()), **changes}


def test_settings_are_changed_and_what_had_failed_is_tried_again(admin):
    shop = ConnectionFactory()
    message = message_of(woo(shop, ORDER | {"currency": "USD", "status": "shipped"}))
    form = settings_form(shop, rates="usd 90,5\n")
    form["code"] = [*form["code"], "shipped", ""]
    form["status"] = [*form["status"], "fulfilled", "new"]

    response = admin.post(reverse("connection_settings", args=[shop.pk]), form, follow=True)

    shop.refresh_from_db()
    message.refresh_from_db()
    assert (shop.name, shop.settings["rates"]) == ("Renamed", {"USD": "90.5"})
    assert (shop.settings["statuses"]["shipped"], "" in shop.settings["statuses"]) == ("fulfilled", False)
    assert message.due_at <= timezone.now()
    assert "1 failed message is tried again" in response.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rates": "dollars 90"}, "three Latin letters"),
        ({"rates": "USD many"}, "USD 92.50"),
        ({"rates": "USD -1"}, "more than zero"),
        ({"rates": "RUB 1"}, "own currency"),
        ({"code": ["a", "a"], "status": ["new", "new"]}, "twice"),
        ({"code": ["a"], "status": ["gone"]}, "unknown"),
        ({"name": ""}, "required"),
    ],
)
def test_bad_settings_are_refused_in_words(admin, change, words):
    shop = ConnectionFactory()

    response = admin.post(reverse("connection_settings", args=[shop.pk]), settings_form(shop, **change))

    assert response.status_code == 422
    assert words in response.content.decode()
    shop.refresh_from_db()
    assert shop.name != "Renamed"


def test_an_address_of_an_api_must_be_an_address(admin):
    crm = ConnectionFactory(platform="retailcrm", api_token="kept")

    for url in ("http://shop.example.com", "https://", "file:///etc/passwd", "shop"):
        response = admin.post(reverse("connection_settings", args=[crm.pk]), settings_form(crm, api_url=url))
        assert response.status_code == 422
    good = settings_form(crm, api_url="https://shop.retailcrm.ru", api_token="")
    admin.post(reverse("connection_settings", args=[crm.pk]), good)

    crm.refresh_from_db()
    assert (crm.api_url, crm.api_token) == ("https://shop.retailcrm.ru", "kept")


def test_switched_off_and_on(admin):
    shop = ConnectionFactory()
    url = reverse("connection_switch", args=[shop.pk])

    admin.post(url, {"on": "0"})
    assert woo(shop, ORDER).status_code == 410
    admin.post(url, {"on": "1"})
    assert woo(shop, ORDER).status_code == 200


def test_a_new_secret_ends_the_old_one(admin):
    shop = ConnectionFactory()

    admin.post(reverse("connection_secret", args=[shop.pk]))

    shop.refresh_from_db()
    assert shop.secret != SECRET
    assert woo(shop, ORDER).status_code == 401
    assert woo(shop, ORDER, sign=shop.secret).status_code == 200


def test_the_secret_of_a_platform_is_pasted(admin):
    shop = ConnectionFactory(platform="shopify")
    url = reverse("connection_secret", args=[shop.pk])

    admin.post(url, {"secret": ""})
    shop.refresh_from_db()
    assert shop.secret == SECRET
    admin.post(url, {"secret": " shpss_1 "})
    shop.refresh_from_db()
    assert shop.secret == "shpss_1"


def test_one_message_is_tried_again_by_hand(admin):
    shop = ConnectionFactory()
    message = message_of(woo(shop, ORDER | {"currency": "USD"}))
    Connection.objects.update(settings=shop.settings | {"rates": {"USD": "90"}})

    response = admin.post(reverse("inbound_message_retry", args=[message.pk]), follow=True)

    message.refresh_from_db()
    assert message.state == "processed"
    assert "Tried again: taken" in response.content.decode()


@pytest.mark.parametrize("state", ["processed", "forged", "too large"])
def test_what_is_done_or_was_not_kept_whole_is_not_tried_again(admin, state):
    shop = ConnectionFactory()
    if state == "processed":
        message = message_of(woo(shop, ORDER))
    elif state == "forged":
        message = message_of(woo(shop, ORDER, sign="guess"))
    else:
        message = message_of(woo(shop, b"{" + b" " * 6_000_000))

    response = admin.post(reverse("inbound_message_retry", args=[message.pk]), follow=True)

    assert "nothing to try again" in response.content.decode()


def test_all_failed_messages_become_due(admin):
    shop = ConnectionFactory()
    later = timezone.now() + timedelta(days=1)
    messages = [InboundMessageFactory(connection=shop, due_at=later) for _number in range(3)]
    other = InboundMessageFactory(due_at=later)

    admin.post(reverse("connection_retry", args=[shop.pk]))

    assert shop.messages.filter(due_at__lte=timezone.now()).count() == len(messages)
    other.refresh_from_db()
    assert other.due_at == later
