"""A company, a moment, and an integration with every scope of this app."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from rest_framework.test import APIClient

from core.models import Scope
from core.tokens import issue_token
from customers.actions import record_order
from customers.rules.reading import read_order
from customers.rules.records import Company
from tests.customers import payloads
from tests.factories.core import IntegrationFactory


@pytest.fixture
def company():
    return Company(currency="RUB", exponent=2, zone=ZoneInfo("Europe/Moscow"), region="RU")


@pytest.fixture
def now():
    return datetime(2026, 2, 1, 9, tzinfo=UTC)


@pytest.fixture
def read(company, now):
    """Read an order's payload."""
    return lambda payload: read_order(payload, company, now)


@pytest.fixture
def record(read, now):
    """Record an order with changes to the usual payload."""
    return lambda key=1, /, **changes: record_order(order=read(payloads.order(key, **changes)), now=now)


@pytest.fixture
def token(db):
    integration = IntegrationFactory()
    return issue_token(user=integration, name="shop", scopes=Scope.values, created_by=integration)[1]


@pytest.fixture
def api(token):
    client = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client
