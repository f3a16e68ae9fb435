"""What the pixel reports, and from whom it is taken."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client

from core.models import Scope
from customers.models import ExternalRef, TimelineEvent
from tests.acquisition.test_api import client_with
from tests.factories.customers import CustomerFactory
from tests.factories.webforms import ORIGIN, SiteFactory
from webforms.actions import KEPT_FOR
from webforms.actions.visits import MOST_A_DAY
from webforms.links import VISITOR_SALT, inquirer_token, read_visitor, visitor_token
from webforms.queries import customer_of
from webforms.tasks import forget

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def site():
    return SiteFactory()


@pytest.fixture
def customer():
    return CustomerFactory()


def visit(number=1, **more):
    return {"id": f"event-{number:06d}", "kind": "page", "url": f"{ORIGIN}/a?secret=1", "title": "A"} | more


def report(site, token, *events, origin=ORIGIN, body=None):
    body = json.dumps({"token": token, "events": events}) if body is None else body
    headers = {"Origin": origin} if origin else {}
    return Client().post(f"/p/{site.key}/", body, content_type="text/plain;charset=UTF-8", headers=headers)


def test_a_known_customers_visits_enter_the_timeline_once(site, customer):
    token = visitor_token(customer.pk)
    events = [visit(1), visit(2, kind="product", sku="A-1"), visit(3, kind="search", query="oak")]
    for _again in range(2):
        answer = report(site, token, *events)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer["Access-Control-Allow-Origin"] == ORIGIN
        assert not answer.cookies
    found = customer.timeline.order_by("id")
    assert [event.kind for event in found] == ["page_viewed", "product_viewed", "searched"]
    assert found[0].data == {"site": site.name, "url": f"{ORIGIN}/a", "title": "A"}


def test_one_customer_cannot_take_the_ids_of_another(site, customer):
    other = CustomerFactory()
    report(site, visitor_token(customer.pk), visit())
    report(site, visitor_token(other.pk), visit())
    assert TimelineEvent.objects.count() == 2


@pytest.mark.parametrize("token", ["", "1", 5, None, [], {"a": 1}, "anna@shop.test", "x" * 5000, "\0"])
def test_without_a_signed_token_nothing_is_taken(site, customer, token):
    answer = report(site, token, visit())
    assert answer.status_code == 400
    assert answer.content
    assert not TimelineEvent.objects.exists()


def test_a_token_of_another_purpose_or_shape_means_nobody(customer):
    assert customer_of(signing.dumps(["c", customer.pk], salt="other")) is None
    for odd in (["c"], ["x", 1], ["c", "1"], {"c": 1}, None, 5):
        assert read_visitor(signing.dumps(odd, salt=VISITOR_SALT)) is None
    assert customer_of(inquirer_token(10**9)) is None


def test_a_token_of_a_customer_who_is_gone_or_too_old_means_nobody(site, customer, clock):
    token = visitor_token(customer.pk)
    customer.delete()
    assert report(site, token, visit()).status_code == 400
    clock.shift(timedelta(days=401))
    assert read_visitor(token) is None


@pytest.mark.parametrize("origin", ["https://evil.test", "null", ""])
def test_another_site_reports_nothing(site, customer, origin):
    answer = report(site, visitor_token(customer.pk), visit(), origin=origin)
    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize("body", ["", "[]", "5", "{", '{"events": 1}', "x" * 20_000, "[" * 15_000, b"\xff"])
def test_a_body_that_no_pixel_sends_is_refused(site, body):
    assert report(site, "", body=body).status_code == 400


def test_a_site_that_takes_no_visits_is_not_found(site, customer):
    site.reports_visits = False
    site.save()
    assert report(site, visitor_token(customer.pk), visit()).status_code == 404
    assert Client().post("/p/unknown/").status_code == 404
    assert Client().get(f"/p/{site.key}/").status_code == 405


def test_a_customer_has_so_many_visits_a_day_at_most(site, customer, monkeypatch):
    assert MOST_A_DAY == 300
    monkeypatch.setattr("webforms.actions.visits.MOST_A_DAY", 30)
    token = visitor_token(customer.pk)
    for start in (0, 20, 40):
        report(site, token, *(visit(start + n) for n in range(20)))
    assert customer.timeline.count() == 30


def test_too_many_reports_are_turned_away(site, customer, monkeypatch):
    monkeypatch.setattr("webforms.views.pixel.FROM_ADDRESS", 3)
    codes = [report(site, visitor_token(customer.pk)).status_code for _again in range(5)]
    assert codes == [204] * 3 + [429] * 2


def test_visits_are_forgotten_and_the_rest_stays(site, customer):
    for kind, days in (("page_viewed", 181), ("searched", 179), ("order_placed", 999)):
        TimelineEvent.objects.create(customer=customer, kind=kind, at=NOW - timedelta(days=days), data={})
    assert KEPT_FOR.days == 180
    assert forget() == 1
    assert {event.kind for event in TimelineEvent.objects.all()} == {"searched", "order_placed"}


def test_a_server_asks_for_the_token_of_a_customer_by_number_or_by_its_own_id(customer):
    ExternalRef.objects.create(customer=customer, source="shop", external_id="7")
    api = client_with(Scope.EVENTS_WRITE)
    for who in ({"customer": customer.pk}, {"source": "shop", "external_id": "7"}):
        answer = api.post("/api/v1/visitor-tokens/", who)
        assert answer.status_code == 200
        assert customer_of(answer.json()["token"]) == customer.pk
    assert api.post("/api/v1/visitor-tokens/", {"customer": 10**9}).status_code == 404
    assert api.post("/api/v1/visitor-tokens/", {"source": "shop"}).status_code in (400, 422)
    assert client_with(Scope.ORDERS_READ).post("/api/v1/visitor-tokens/", {"customer": customer.pk}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_reports_of_the_same_events_at_once_are_one(site, customer):
    token = visitor_token(customer.pk)

    def tell():
        try:
            report(site, token, *(visit(n) for n in range(10)))
        finally:
            connection.close()

    threads = [threading.Thread(target=tell) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert TimelineEvent.objects.count() == 10
