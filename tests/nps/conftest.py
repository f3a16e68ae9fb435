"""Monday, 16 March 2026, noon in the company's zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.models import User
from tests.factories.core import ManagerFactory, UserFactory

NOON = datetime(2026, 3, 16, 12, tzinfo=ZoneInfo("Europe/Moscow"))


@pytest.fixture
def noon() -> datetime:
    return NOON


@pytest.fixture
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield NOON


@pytest.fixture
def farmer(db) -> User:
    return UserFactory(first_name="Anna", language="en")


@pytest.fixture
def manager(db) -> User:
    return ManagerFactory(first_name="Irina", language="en")
