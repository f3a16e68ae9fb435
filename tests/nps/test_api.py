"""Answers through the API."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from core.tokens import issue_token
from nps.models import Invitation, Response
from tests.factories.core import IntegrationFactory
from tests.factories.customers import OrderFactory
from tests.factories.nps import InvitationFactory, ResponseFactory
from touches.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
URL = "/api/v1/nps/responses/"


def api_with(*scopes, user=None):
    user = user or IntegrationFactory()
    _row, secret = issue_token(user=user, name="t", scopes=list(scopes), created_by=user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def api():
    return api_with("nps:read", "nps:write")


@pytest.fixture
def order():
    return OrderFactory(source="shop", external_id="7")


def body(**changes):
    return {"order_source": "shop", "order_external_id": "7", "score": 3, "comment": "Late"} | changes


def test_an_answer_pushed_about_an_order_is_recorded_with_its_recovery(api, order):
    answer = api.post(URL, body(source="call_centre"), format="json")
    assert answer.status_code == 201
    assert (answer.data["fate"], answer.data["kind"], answer.data["customer"]) == (
        "created",
        "detractor",
        order.customer_id,
    )
    assert Invitation.objects.get().source == "call_centre"
    assert Task.objects.count() == 1


def test_the_same_answer_twice_is_one_and_a_newer_one_corrects_it(api, order, noon):
    fates = [api.post(URL, body(**more), format="json").data["fate"] for more in ({}, {}, {"score": 8})]
    older = body(score=0, answered_at=(noon - timedelta(days=2)).isoformat())
    fates.append(api.post(URL, older, format="json").data["fate"])
    assert fates == ["created", "unchanged", "updated", "unchanged"]
    assert Response.objects.get().score == 8


def test_an_answer_to_our_own_question_stays_our_own(api, order, noon):
    InvitationFactory(order=order, created_at=noon)
    api.post(URL, body(), format="json")
    assert Invitation.objects.get().source == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"score": 11}, "score"),
        ({"score": "many"}, "score"),
        ({"score": None}, "score"),
        ({"order_external_id": ""}, "order_external_id"),
        ({"comment": "x" * 5001}, "comment"),
        ({"comment": "a\x00b"}, "comment"),
        ({"answered_at": "yesterday"}, "answered_at"),
        ({"answered_at": "2027-01-01T00:00:00Z"}, "answered_at"),
    ],
)
def test_a_bad_answer_is_refused_by_its_field(api, order, changes, field):
    answer = api.post(URL, body(**changes), format="json")
    assert answer.status_code in (400, 422)
    assert field in str(answer.data)
    assert not Response.objects.exists()


def test_half_a_character_is_refused(api, order):
    raw = b'{"order_source": "shop", "order_external_id": "7", "score": 3, "comment": "\\ud800"}'
    assert api.post(URL, raw, content_type="application/json").status_code == 400


def test_an_unknown_order_answers_404(api):
    assert api.post(URL, body(), format="json").status_code == 404
    assert not Invitation.objects.exists()


def test_answers_are_read_newest_first_with_filters_and_a_cursor(api, noon):
    older = ResponseFactory(score=10, answered_at=noon - timedelta(days=9))
    newer = ResponseFactory(score=2, answered_at=noon - timedelta(days=1))
    page = api.get(URL, {"page_size": 1}).data
    assert [row["id"] for row in page["results"]] == [newer.pk]
    assert [row["id"] for row in api.get(page["next"]).data["results"]] == [older.pk]
    since = (noon - timedelta(days=2)).isoformat()
    for query in ({"kind": "detractor"}, {"answered_from": since}, {"customer": newer.customer_id}):
        assert [row["id"] for row in api.get(URL, query).data["results"]] == [newer.pk]


def test_each_method_needs_its_scope(order):
    reader, writer = api_with("nps:read"), api_with("nps:write")
    assert reader.post(URL, body(), format="json").status_code == 403
    assert writer.get(URL).status_code == 403
    assert APIClient().get(URL).status_code == 401
    assert writer.post(URL, body(), format="json").status_code == 201


def test_a_farmers_token_sees_and_writes_within_the_farmers_scope(farmer, noon):
    foreign = OrderFactory(source="shop", external_id="7", customer__owner=IntegrationFactory())
    ResponseFactory(invitation__order__customer__owner=foreign.customer.owner, answered_at=noon)
    api = api_with("nps:read", "nps:write", user=farmer)
    assert api.get(URL).data["results"] == []
    assert api.post(URL, body(), format="json").status_code == 404
