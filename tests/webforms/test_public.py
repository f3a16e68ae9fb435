"""Forms as the world sees them: framed, scripted, hostile."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as NoValkey

from acquisition.models import Inquiry
from core.roles import Role
from customers.models import Consent, Customer
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory
from tests.factories.webforms import ORIGIN, FormFactory
from webforms.links import make_stamp, read_visitor
from webforms.models import Form, FormDay
from webforms.queries import customer_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FILLED = {"name": "Anna", "phone": "8 912 345-67-89", "message": "Call me", "consent": "on"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def form():
    return FormFactory(channel_code="site", code="lead1")


def stamp(form, seconds_ago=60):
    return make_stamp(form.pk, now=datetime.now(UTC) - timedelta(seconds=seconds_ago))


def post(client, form, origin="http://testserver", **told):
    told = {"stamp": stamp(form), "page": f"{ORIGIN}/buy?x=1"} | FILLED | told
    return client.post(f"/f/{form.code}/?lang=en", told, headers={"Origin": origin} if origin else {})


def send(client, form, origin=ORIGIN, body=None, **told):
    told = {"stamp": stamp(form), "page": f"{ORIGIN}/buy?utm_source=vk"} | FILLED | told
    body = json.dumps(told) if body is None else body
    headers = {"Origin": origin} if origin else {}
    return client.post(f"/f/{form.code}/send/?lang=en", body, content_type="text/plain", headers=headers)


def test_the_page_shows_the_fields_and_may_be_framed_by_the_site_only(client, form):
    page = client.get(f"/f/{form.code}/?lang=en")
    text = page.content.decode()
    assert page.status_code == 200
    assert all(f'name="{name}"' in text for name in ("phone", "email", "message", "consent", "stamp", "website"))
    assert f"frame-ancestors 'self' {ORIGIN}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert "no-store" in page["Cache-Control"]
    assert not page.cookies
    assert not Inquiry.objects.exists()


def test_a_submission_makes_an_inquiry_a_customer_and_a_consent_with_its_proof(client, form):
    answer = post(client, form)
    assert answer.status_code == 200
    inquiry = Inquiry.objects.get()
    assert (inquiry.kind, inquiry.phone, inquiry.note, inquiry.line) == ("form", "+79123456789", "Call me", form.name)
    assert (inquiry.channel_code, inquiry.source, inquiry.at) == ("site", "form-lead1", NOW)
    customer = Customer.objects.get()
    assert inquiry.customer == customer
    assert (customer.name, customer.language) == ("Anna", "en")
    consent = Consent.objects.get()
    assert (consent.channel, consent.action, consent.text_version) == ("phone", "granted", form.consent_text.version)
    proof = json.loads(consent.proof)
    assert (proof["page"], proof["ip"], proof["form"]) == (f"{ORIGIN}/buy", "127.0.0.1", "lead1")


def test_without_the_tick_there_is_no_consent_and_without_a_text_none_can_be_given(client, form):
    post(client, form, consent="")
    Form.objects.update(consent_text=None)
    post(client, form, phone="8 912 345-67-80")
    assert Customer.objects.count() == 2
    assert not Consent.objects.exists()


def test_a_double_click_is_one_inquiry(client, form):
    same = stamp(form)
    for _again in range(2):
        assert post(client, form, stamp=same).status_code == 200
    assert Inquiry.objects.count() == 1


def test_mistakes_come_back_at_their_fields_with_what_was_typed(client, form):
    answer = post(client, form, phone="12", email="<b>", name='"><script>alert(1)</script>')
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "error-phone" in text
    assert "error-email" in text
    assert "<script>alert" not in text
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("forged", ["", "x", "a:b:c", "\0", "я" * 50, "x" * 10_000, json.dumps({"a": 1}), "ImEi:1:2"])
def test_a_forged_stamp_is_refused_with_a_fresh_form(client, form, forged):
    answer = send(client, form, stamp=forged)
    assert answer.status_code == 422
    assert send(client, form, stamp=answer.json()["stamp"]).status_code in (200, 422)
    assert not Inquiry.objects.filter(is_spam=False).exists()


def test_the_stamp_of_another_form_or_of_yesterday_is_refused(client, form):
    assert post(client, form, stamp=stamp(FormFactory())).status_code == 422
    assert post(client, form, stamp=stamp(form, 25 * 3600)).status_code == 422
    assert not Inquiry.objects.exists()


def test_a_machine_is_thanked_and_kept_apart_as_spam(client, form):
    assert post(client, form, website="http://casino.test").status_code == 200
    assert post(client, form, stamp=stamp(form, 1)).status_code == 200
    assert send(client, form, website="x").json()["token"] == ""
    assert [inquiry.is_spam for inquiry in Inquiry.objects.all()] == [True] * 3
    assert not Customer.objects.exists()
    assert not Consent.objects.exists()
    assert (FormDay.objects.get().spam, FormDay.objects.get().taken) == (3, 0)


@pytest.mark.parametrize("origin", ["https://evil.test", "null", "", f"{ORIGIN}.evil.test", "http://shop.test"])
def test_another_site_can_neither_send_nor_read(client, form, origin):
    assert post(client, form, origin).status_code == 422
    answer = send(client, form, origin)
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer
    shown = client.get(f"/f/{form.code}/form.json", headers={"Origin": origin} if origin else {})
    assert shown.status_code == 400
    assert "Access-Control-Allow-Origin" not in shown
    assert not Inquiry.objects.exists()


def test_the_script_is_told_what_to_draw_and_sends_from_the_site(client, form):
    shown = client.get(f"/f/{form.code}/form.json?lang=en", headers={"Origin": ORIGIN})
    assert shown["Access-Control-Allow-Origin"] == ORIGIN
    assert "Origin" in shown["Vary"]
    assert [field["name"] for field in shown.json()["fields"]] == ["name", "phone", "email", "message"]
    answer = send(client, form)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert customer_of(answer.json()["token"]) == Customer.objects.get().pk
    assert answer.json()["text"]


def test_the_channel_is_the_forms_own_else_the_utm_source(client, form):
    Form.objects.update(channel_code="")
    send(client, form)
    assert Inquiry.objects.get().channel_code == "vk"


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "5", "{", "\ud83d", '{"stamp":' * 5000, "[" * 15_000, '"x"', "x" * 20_000, b"\xff\xfe"]
)
def test_a_body_that_no_form_sends_is_refused_in_words(client, form, body):
    body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    answer = send(client, form, body=body)
    assert answer.status_code == 400
    assert answer.json()["errors"][""]


@pytest.mark.parametrize("value", [5, None, True, [], {"a": 1}, "\0", "\ud800", "x" * 9000, -1e308])
@pytest.mark.parametrize("name", ["name", "phone", "email", "message", "consent", "website", "page", "extra"])
def test_values_of_any_kind_do_no_harm(client, form, name, value):
    cache.clear()
    assert send(client, form, **{name: value}).status_code in (200, 422)


def test_a_known_customer_is_found_but_not_told_about_nor_changed(client, form):
    known = CustomerFactory(name="Boris")
    ContactPointFactory(customer=known, channel="phone", value="+79123456789")
    answer = send(client, form, email="thief@evil.test", name="Thief")
    stranger = send(client, form, phone="8 912 345-67-80")
    assert Inquiry.objects.filter(customer=known).count() == 1
    known.refresh_from_db()
    assert known.name == "Boris"
    assert [point.value for point in known.contact_points.all()] == ["+79123456789"]
    # The token tells by nothing whether the customer was there before.
    assert read_visitor(answer.json()["token"])[0] == read_visitor(stranger.json()["token"])[0] == "i"
    assert answer.json().keys() == stranger.json().keys()


def test_too_many_from_one_address_are_turned_away_and_counted(client, form, clock):
    codes = [send(client, form).status_code for _again in range(22)]
    assert codes == [200] * 20 + [429] * 2
    assert FormDay.objects.get().limited == 2
    clock.shift(timedelta(minutes=11))
    assert send(client, form).status_code == 200


def test_without_valkey_forms_go_on(client, form, monkeypatch):
    def fail(*_args, **_how):
        raise NoValkey

    monkeypatch.setattr(cache, "add", fail)
    assert send(client, form).status_code == 200


def test_a_form_that_is_off_or_unknown_is_not_found(client, form):
    assert client.get("/f/unknown/").status_code == 404
    form.site.is_active = False
    form.site.save()
    for answer in (client.get("/f/lead1/"), post(client, form), send(client, form)):
        assert answer.status_code == 404


def test_a_marketers_test_goes_all_the_way_and_records_nothing(form):
    client = Client()
    client.force_login(UserFactory(role=Role.MARKETER, language="en"))
    shown = client.get(f"/f/{form.code}/?test=1").context["shown"]
    assert post(client, form, stamp=shown["stamp"], phone="1").status_code == 422
    answer = post(client, form, stamp=shown["stamp"])
    assert answer.context["is_test"]
    assert not Inquiry.objects.exists()
    assert not Customer.objects.exists()


def test_nobody_else_can_make_a_test_of_it(client, form):
    shown = client.get(f"/f/{form.code}/?test=1").context["shown"]
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        post(client, form, stamp=shown["stamp"])
    assert Inquiry.objects.count() == 1


def test_the_words_are_in_the_language_of_the_page(client, form):
    Form.objects.update(thanks_ru="Спасибо!", thanks_en="Thanks!", redirect_en="https://shop.test/ok")
    answer = send(client, form).json()
    assert (answer["text"], answer["redirect"]) == ("Thanks!", "https://shop.test/ok")
    page = client.post(
        f"/f/{form.code}/?lang=ru", {"stamp": stamp(form)} | FILLED, headers={"Origin": "http://testserver"}
    )
    assert "Спасибо!" in page.content.decode()


@pytest.mark.parametrize("name", ["ferma-form.js", "pixel.js"])
def test_the_scripts_are_served_to_anybody_at_lasting_addresses(client, name):
    script = client.get(f"/{name}")
    assert script.status_code == 200
    assert script["Content-Type"].startswith("text/javascript")
    assert "max-age=3600" in script["Cache-Control"]
    assert client.post(f"/{name}").status_code == 405


def test_the_pixel_is_smaller_than_three_kilobytes(client):
    assert len(client.get("/pixel.js").content) < 3072
