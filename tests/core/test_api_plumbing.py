"""Tokens, methods, the description of the API."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from core.tokens import issue_token, revoke_token
from tests.factories.core import IntegrationFactory

pytestmark = pytest.mark.django_db

ORDERS = "/api/v1/orders/"


@pytest.fixture
def integration():
    return IntegrationFactory()


@pytest.fixture
def issued(integration):
    return issue_token(user=integration, name="shop", scopes=["orders:read"], created_by=integration)


def get(token=None, **headers):
    client = APIClient()
    if token is not None:
        client.credentials(HTTP_AUTHORIZATION=token)
    return client.get(ORDERS, **headers)


def test_a_token_opens_what_its_scopes_name(issued):
    row, secret = issued
    assert get(f"Bearer {secret}").status_code == 200
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_only_the_digest_of_a_token_is_kept(issued):
    row, secret = issued
    assert secret not in {str(value) for value in vars(row).values()}
    assert secret.startswith(row.hint)


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Bearer a b", "Basic eDp5", "Bearer \xe9"])
def test_without_a_good_token_the_answer_is_401(header):
    response = get(header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["type"] == "client_error"


def test_a_revoked_token_and_a_blocked_user_are_refused(issued, integration):
    row, secret = issued
    revoke_token(token=row, at=timezone.now())
    assert get(f"Bearer {secret}").status_code == 401
    _row, other = issue_token(user=integration, name="till", scopes=["orders:read"], created_by=integration)
    integration.is_active = False
    integration.save()
    assert get(f"Bearer {other}").status_code == 401


def test_a_call_that_does_not_exist_is_405_and_not_403(issued):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issued[1]}")
    assert client.delete(ORDERS).status_code == 405


@pytest.mark.parametrize(
    ("wanted", "language"), [("en", "en"), ("ru", "ru"), ("de, en;q=0.5", "en"), ("*", "ru"), ("", "ru")]
)
def test_refusals_speak_the_callers_language(wanted, language):
    assert get("Bearer wrong", HTTP_ACCEPT_LANGUAGE=wanted)["Content-Language"] == language


def test_a_body_beyond_the_limit_is_413(integration, monkeypatch):
    monkeypatch.setattr("core.api.MAX_BODY", 10)
    _row, secret = issue_token(user=integration, name="x", scopes=["orders:write"], created_by=integration)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert client.post(ORDERS, {"source": "shop"}).status_code == 413


def test_the_description_names_the_calls_and_needs_no_token(client):
    response = client.get("/api/v1/schema/?format=json")
    assert response.status_code == 200
    assert {"/api/v1/orders/", "/api/v1/orders/bulk/", "/api/v1/customers/"} <= set(response.json()["paths"])


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_pages_of_the_api_open_without_a_word_in_the_console(page):
    page.goto("/api/v1/docs/")
    page.get_by_text("Push one order").wait_for()
    page.get_by_text("Push up to 1,000 orders").click()
    page.get_by_text("Idempotency-Key").first.wait_for()


@pytest.mark.parametrize("path", ["/api/v1/ordres/", "/api/v1/orders", "/api/v1/orders/x/"])
def test_a_misspelt_address_is_answered_in_the_shape_of_the_api(client, path):
    response = client.post(path, "{}", content_type="application/json", HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 404
    assert "slash" in response.json()["errors"][0]["detail"]
