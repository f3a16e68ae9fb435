"""Owners, costs, consents in force, addresses to write to."""

from datetime import timedelta
from decimal import Decimal

import pytest

from core.errors import InvalidInput
from customers.actions import assign_owner, record_consent, record_service_cost
from customers.models import ContactStatus, Customer, EventKind, ServiceCost, StaleMark, TimelineEvent
from customers.queries import consented, contact_value, customers_of, orders_of
from tests.factories.core import IntegrationFactory, ManagerFactory, UserFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db


def test_customers_change_hands_with_a_word_on_the_timeline(now):
    farmer, kept = UserFactory(), CustomerFactory()
    mine = CustomerFactory(owner=farmer)
    assert assign_owner(customer_ids=[kept.pk, mine.pk], owner=farmer, by=None, at=now) == 1
    assert set(Customer.objects.values_list("owner", flat=True)) == {farmer.pk}
    event = TimelineEvent.objects.get(kind=EventKind.OWNER_CHANGED)
    assert (event.customer_id, event.data) == (kept.pk, {"from": None, "to": farmer.pk, "by": None})


def test_customers_go_back_to_the_pool(now):
    customer = CustomerFactory(owner=UserFactory())
    assign_owner(customer_ids=[customer.pk], owner=None, by=None, at=now)
    customer.refresh_from_db()
    assert customer.owner is None


def test_customers_are_not_handed_to_an_integration(now):
    with pytest.raises(InvalidInput):
        assign_owner(customer_ids=[CustomerFactory().pk], owner=IntegrationFactory(), by=None, at=now)


def test_a_cost_of_service_marks_the_customer_stale(now):
    customer = CustomerFactory()
    record_service_cost(customer_id=customer.pk, kind="sms", amount=Decimal("2.40"), at=now)
    assert ServiceCost.objects.get().amount == Decimal("2.40")
    assert StaleMark.objects.get().customer_id == customer.pk


def test_the_newest_word_on_a_channel_is_in_force(now):
    granted, withdrawn, again = CustomerFactory.create_batch(3)
    for customer in (granted, withdrawn, again):
        ConsentFactory(customer=customer)
    record_consent(customer_id=withdrawn.pk, channel="email", action="withdrawn", at=now, source="page")
    record_consent(customer_id=again.pk, channel="email", action="withdrawn", at=now, source="page")
    later = now + timedelta(days=1)
    record_consent(customer_id=again.pk, channel="email", action="granted", at=later, source="form", proof="ip")
    everybody = [granted.pk, withdrawn.pk, again.pk]
    assert consented(everybody, "email") == {granted.pk, again.pk}
    assert consented(everybody, "phone") == set()
    assert consented([withdrawn.pk], "email") == set()


def test_a_consent_is_recorded_once(now):
    told = {
        "customer_id": CustomerFactory().pk,
        "channel": "email",
        "action": "granted",
        "at": now,
        "source": "x",
    }
    assert record_consent(**told) is True
    assert record_consent(**told) is False


def test_the_newest_valid_address_is_written_to():
    customer = CustomerFactory()
    ContactPointFactory(customer=customer, value="old@shop.test")
    ContactPointFactory(customer=customer, value="new@shop.test")
    ContactPointFactory(customer=customer, value="dead@shop.test", status=ContactStatus.BOUNCED)
    assert contact_value(customer.pk, "email") == "new@shop.test"
    assert contact_value(customer.pk, "phone") is None


def test_a_farmer_sees_own_customers_and_the_pool_and_their_orders():
    farmer = UserFactory()
    own, pool = OrderFactory(customer__owner=farmer), OrderFactory()
    foreign = OrderFactory(customer__owner=UserFactory())
    assert set(orders_of(farmer)) == {own, pool}
    assert foreign.customer not in customers_of(farmer)
    assert set(orders_of(ManagerFactory())) == {own, pool, foreign}
