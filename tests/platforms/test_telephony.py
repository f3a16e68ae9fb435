"""Calls that telephonies tell of become inquiries and calls back, once each, and only from who may tell."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from acquisition.models import Inquiry, OutgoingCall
from platforms.models import Connection, InboundMessage
from tests.factories.acquisition import ChannelFactory
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory
from tests.factories.platforms import SECRET, ConnectionFactory
from tests.platforms.sending import form, message_of, payload, post

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
PHONE = "+79123456789"


def telephony(platform: str) -> Connection:
    ChannelFactory(code="radio")
    UserFactory(email="anna@ferma.test")
    tables = {"lines": {"+7 495 120-41-14": "radio"}, "extensions": {"101": "anna@ferma.test"}}
    return ConnectionFactory(platform=platform, settings=tables)


def mango(connection: Connection, call: dict, *, salt: str = SECRET, at_summary: bool = False) -> object:
    told = json.dumps(call)
    sign = hashlib.sha256(f"key{told}{salt}".encode()).hexdigest()
    body = urlencode({"vpbx_api_key": "key", "sign": sign, "json": told}).encode()
    if not at_summary:
        return post(connection, body, content_type=FORM)
    return Client().post(reverse("inbound_summary", args=[connection.code]), data=body, content_type=FORM)


def twilio(connection: Connection, body: bytes, token: str = SECRET) -> object:
    url = settings.PUBLIC_URL + reverse("inbound", args=[connection.code])
    signed = url + "".join(name + value for name, value in sorted(parse_qsl(body.decode(), keep_blank_values=True)))
    sign = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
    return post(connection, body, content_type=FORM, **{"X-Twilio-Signature": sign})


def test_an_answered_call_of_the_general_form_is_an_inquiry_with_channel_and_person():
    connection = telephony("telephony")
    response = post(connection, json.dumps(payload("telephony_call.json")).encode(), secret=SECRET)
    assert response.json()["state"] == "processed", response.json()
    inquiry = Inquiry.objects.get()
    assert (inquiry.source, inquiry.external_id, inquiry.kind) == (connection.source, "2026-000184", "call")
    assert (inquiry.at, inquiry.is_answered, inquiry.duration_seconds) == (AT, True, 90)
    assert (inquiry.phone, inquiry.channel.code, inquiry.answered_by.email) == (PHONE, "radio", "anna@ferma.test")
    assert message_of(response).customer_ids == [inquiry.customer_id]


def test_a_call_is_told_once_however_often_it_is_sent():
    connection = telephony("telephony")
    call = payload("telephony_call.json")
    states = [post(connection, json.dumps(call).encode(), secret=SECRET).json()["state"] for _again in range(3)]
    call["duration_seconds"] = 95
    states.append(post(connection, json.dumps(call).encode(), secret=SECRET).json()["state"])
    assert states == ["processed", "repeated", "repeated", "processed"]
    assert Inquiry.objects.get().duration_seconds == 95


def test_mango_tells_by_its_own_address_and_signature():
    connection = telephony("mango")
    assert mango(connection, payload("mango_summary.json"), at_summary=True).status_code == 200
    inquiry = Inquiry.objects.get()
    assert (inquiry.at, inquiry.duration_seconds, inquiry.phone) == (AT, 90, PHONE)
    assert (inquiry.channel.code, inquiry.answered_by.email) == ("radio", "anna@ferma.test")


def test_what_mango_tells_while_a_call_goes_on_and_calls_between_colleagues_are_left_out():
    connection = telephony("mango")
    assert mango(connection, {"entry_id": "1", "call_state": "Appeared"}).json()["state"] == "ignored"
    assert mango(connection, payload("mango_summary.json") | {"call_direction": 0}).json()["state"] == "ignored"
    assert not Inquiry.objects.exists()


def test_a_lost_call_of_uis_is_missed_and_makes_no_customer():
    connection = telephony("uis")
    assert post(connection, json.dumps(payload("uis_lost_call.json")).encode(), secret=SECRET).status_code == 200
    inquiry = Inquiry.objects.get()
    assert (inquiry.is_answered, inquiry.phone, inquiry.customer, inquiry.line) == (False, PHONE, None, "+74951204115")
    assert inquiry.at.astimezone(UTC).replace(microsecond=0) == AT


def test_twilio_signs_the_address_and_tells_the_end_of_a_call():
    connection = telephony("twilio")
    response = twilio(connection, form("twilio_status.txt"))
    assert response.json()["state"] == "processed", response.json()
    inquiry = Inquiry.objects.get()
    assert (inquiry.at, inquiry.duration_seconds, inquiry.phone) == (AT, 42, "+12025550123")
    rings = form("twilio_status.txt").replace(b"completed", b"ringing")
    assert twilio(connection, rings).json()["state"] == "ignored"


def test_a_call_to_a_customer_is_kept_for_the_contact_log_once():
    connection = telephony("mango")
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, channel="phone", value=PHONE)
    told = payload("mango_summary.json")
    told |= {"call_direction": 2, "from": told["to"], "to": told["from"]}
    mango(connection, told)
    mango(connection, told | {"disconnect_reason": 1100})
    call = OutgoingCall.objects.get()
    assert (call.customer, call.phone, call.by.email, call.is_answered) == (customer, PHONE, "anna@ferma.test", True)
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("platform", ["mango", "twilio", "uis", "telephony"])
def test_who_does_not_know_the_secret_is_refused_and_written_down(platform):
    connection = telephony(platform)
    sent = {
        "mango": lambda: mango(connection, payload("mango_summary.json"), salt="guess"),
        "twilio": lambda: twilio(connection, form("twilio_status.txt"), token="guess"),
        "uis": lambda: post(connection, json.dumps(payload("uis_lost_call.json")).encode(), secret="guess"),
        "telephony": lambda: post(connection, b'{"external_id": "1"}', secret="guess"),
    }
    assert sent[platform]().status_code == 401
    message = InboundMessage.objects.get()
    assert (message.state, message.signature) == ("refused", "forged")
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"external_id": ""},
        {"at": "yesterday"},
        {"direction": "up"},
        {"duration_seconds": "long"},
        {"duration_seconds": 10**9},
        {"answered": "perhaps"},
        {"from": {"number": "1"}},
        {"external_id": "a\0"},
        {"line": "half a character: \ud800"},
    ],
)
def test_a_message_that_is_no_call_is_refused_in_words(change):
    connection = telephony("telephony")
    body = json.dumps(payload("telephony_call.json") | change).encode()
    response = post(connection, body, secret=SECRET)
    assert response.status_code == 400
    assert response.json()["errors"]


def test_a_line_longer_than_any_number_is_kept_as_it_came():
    connection = telephony("telephony")
    body = json.dumps(payload("telephony_call.json") | {"line": "9" * 120}).encode()
    assert post(connection, body, secret=SECRET).json()["state"] == "processed"
    assert Inquiry.objects.get().line == "9" * 100


def test_the_tables_of_lines_and_extensions_are_checked_and_kept(client):
    connection = telephony("telephony")
    client.force_login(UserFactory(role="administrator", language="en"))
    url = reverse("connection_settings", args=[connection.pk])
    wrong = client.post(url, {"name": "PBX", "lines": "+74951204114 = tv", "extensions": "7 = nobody@x.test"})
    assert wrong.status_code == 422
    assert b"There is no channel with the code" in wrong.content
    assert b"Nobody here has the e-mail" in wrong.content
    client.post(url, {"name": "PBX", "lines": "+74951204114 = radio", "extensions": "7 = Anna@ferma.test"})
    connection.refresh_from_db()
    assert connection.settings["lines"] == {"+74951204114": "radio"}
    assert connection.settings["extensions"] == {"7": "anna@ferma.test"}
