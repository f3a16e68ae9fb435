"""The trigger that makes due rows of events."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.journal import change_set
from customers.actions import add_events
from customers.models import EventKind, TimelineEvent
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.webhooks import SubscriptionFactory
from webhooks.models import WebhookDelivery

pytestmark = pytest.mark.django_db


def happen(customer, kind=EventKind.ORDER_PLACED, count=1, **data):
    now = timezone.now()
    add_events(events=[(customer.pk, kind, now, data)] * count)


def test_an_event_makes_a_due_row_for_each_subscription_that_wants_it():
    customer, order = CustomerFactory(), OrderFactory()
    first, second = SubscriptionFactory(), SubscriptionFactory(events=["order.recorded", "nps.answered"])
    SubscriptionFactory(events=["nps.answered"])
    SubscriptionFactory(is_active=False)
    happen(customer, order=order.pk, number="A-1")

    rows = WebhookDelivery.objects.order_by("subscription_id")
    assert [row.subscription for row in rows] == [first, second]
    event = TimelineEvent.objects.get()
    for row in rows:
        assert (row.event_id, row.customer_id, row.kind, row.state) == (event.pk, customer.pk, "order_placed", "due")
        assert row.facts == {"order": order.pk}
    assert rows[0].key != rows[1].key


def test_what_nobody_wants_makes_nothing():
    SubscriptionFactory(events=["nps.answered"])
    happen(CustomerFactory())
    assert not WebhookDelivery.objects.exists()


def test_words_of_people_stay_out_of_the_row():
    SubscriptionFactory(events=["nps.answered"])
    happen(CustomerFactory(), EventKind.NPS_ANSWERED, score=2, comment="call me")
    assert WebhookDelivery.objects.get().facts == {"score": 2}


def test_of_a_merge_the_merge_alone_rings():
    SubscriptionFactory(events=["customer.merged", "customer.owner_changed"])
    customer = CustomerFactory()
    with change_set(kind="merge", at=timezone.now()):
        happen(customer, EventKind.MERGED, card=7, name="Anna", score=97)
        happen(customer, EventKind.OWNER_CHANGED)
    row = WebhookDelivery.objects.get()
    assert (row.kind, row.facts) == ("merged", {"card": 7, "score": 97})


@pytest.mark.parametrize("count", [1, 100])
def test_it_rings_for_single_inserts_and_for_copy_alike(count):
    SubscriptionFactory()
    happen(CustomerFactory(), count=count)
    assert WebhookDelivery.objects.count() == count


def test_a_change_set_is_silent_and_what_follows_it_is_not():
    SubscriptionFactory()
    customer = CustomerFactory()
    with transaction.atomic():
        with change_set(kind="import", at=timezone.now()):
            happen(customer)
        assert not WebhookDelivery.objects.exists()
        happen(customer)
    assert WebhookDelivery.objects.count() == 1


def test_a_write_that_is_rolled_back_rings_for_nobody():
    SubscriptionFactory()
    customer = CustomerFactory()
    with transaction.atomic():
        happen(customer)
        transaction.set_rollback(True)
    assert not WebhookDelivery.objects.exists()


def test_the_row_outlives_its_event_and_its_customer():
    SubscriptionFactory()
    customer = CustomerFactory()
    happen(customer)
    customer.delete()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert WebhookDelivery.objects.count() == 1
