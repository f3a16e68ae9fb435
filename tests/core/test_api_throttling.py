"""How many calls a token may make in a minute."""

import pytest
from redis.exceptions import ConnectionError as NoRedis
from rest_framework.test import APIClient

from core import throttling
from core.models import Scope
from core.tokens import issue_token
from tests.factories.core import IntegrationFactory

pytestmark = pytest.mark.django_db

ORDERS = "/api/v1/orders/"


@pytest.fixture(autouse=True)
def at_one_moment(settings, monkeypatch):
    settings.API_RATE = 3
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_010.0)
    monkeypatch.setattr(throttling.TokenThrottle, "silent_until", 0.0)


def client():
    user = IntegrationFactory()
    secret = issue_token(user=user, name="t", scopes=Scope.values, created_by=user)[1]
    made = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    made.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return made


def test_each_answer_tells_what_is_left_and_the_call_too_many_is_429():
    api = client()
    answers = [api.get(ORDERS) for _call in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    refused = answers[-1]
    assert (refused["RateLimit-Limit"], refused["RateLimit-Reset"], refused["Retry-After"]) == ("3", "50", "50")
    assert refused.json()["errors"][0]["code"] == "throttled"


def test_tokens_are_counted_apart_and_each_minute_anew(monkeypatch):
    api = client()
    for _call in range(3):
        api.get(ORDERS)
    assert client().get(ORDERS).status_code == 200
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_070.0)
    assert api.get(ORDERS).status_code == 200


def test_without_redis_everybody_is_let_through_and_redis_is_left_alone_for_a_while(monkeypatch, caplog):
    asked = []

    def away(url):
        asked.append(url)
        raise NoRedis

    monkeypatch.setattr(throttling, "counters", away)
    api = client()
    answers = [api.get(ORDERS) for _call in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert not answers[0].has_header("RateLimit-Limit")
    assert len(asked) == 1
    assert "api_rate_not_counted" in caplog.text


def test_no_limit_is_no_limit(settings):
    settings.API_RATE = 0
    api = client()
    answers = [api.get(ORDERS) for _call in range(5)]
    assert {answer.status_code for answer in answers} == {200}
