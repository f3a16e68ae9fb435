"""Monday, 16 March 2026, noon in the company's zone; the cadence and the limits of a new installation."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from core.models import User
from tests.factories.core import ManagerFactory, UserFactory
from touches.models import Cadence, PressureLimit

TODAY = date(2026, 3, 16)
NOON = datetime(2026, 3, 16, 12, tzinfo=ZoneInfo("Europe/Moscow"))


@pytest.fixture
def today() -> date:
    return TODAY


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


@pytest.fixture
def regulations(db) -> None:
    """The defaults; a test that empties the database takes the migration's rows away."""
    for grade, days in {"A": 14, "B": 30, "C": 30, "D": 90, "X": 14}.items():
        Cadence.objects.update_or_create(grade=grade, defaults={"days_between": days, "channel": "call"})
    PressureLimit.objects.all().delete()
    PressureLimit.objects.create(messages=1, days=2)
    PressureLimit.objects.create(messages=4, days=30)
