"""Taking marks and due rows, where the planner reads the rows to be taken anew for each row of the table."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from core.marks import take_marks
from customers.models import DuplicateDue, StaleMark
from segmentation.models import AudienceDue
from tests.factories.webhooks import DeliveryFactory, SubscriptionFactory
from webhooks.actions import sending

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 13, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nested_loops():
    """What a planner chooses for small tables once it knows how small they are."""
    with connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "material", "hashagg", "sort", "bitmapscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")


@pytest.mark.parametrize("model", [StaleMark, DuplicateDue, AudienceDue])
def test_no_more_marks_are_taken_than_the_limit(model):
    # All are taken before the keys of StaleMark are looked at, when the test ends: there need be no such customers.
    model.objects.all().delete()
    model.objects.bulk_create(model(customer_id=number) for number in (11, 12, 13))
    assert take_marks(model=model, limit=2) == {11, 12}
    assert take_marks(model=model, limit=2) == {13}
    assert take_marks(model=model, limit=2) == set()


def test_no_more_is_sent_to_one_address_at_a_time_than_its_share(monkeypatch):
    monkeypatch.setattr(sending, "PER_ADDRESS", 2)
    addresses = SubscriptionFactory.create_batch(2)
    for subscription in addresses:
        DeliveryFactory.create_batch(3, subscription=subscription)
    claimed = sending._claim(NOW, "s1", ())
    assert sorted(row.subscription_id for row in claimed) == sorted(pk for row in addresses for pk in (row.pk, row.pk))
