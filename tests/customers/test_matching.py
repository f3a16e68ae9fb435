"""Whom a push means: by the id in its source, then by phone, then by e-mail."""

import pytest

from customers.actions import Fate, record_customer, record_orders
from customers.models import (
    Consent,
    ContactPoint,
    Customer,
    EventKind,
    ExternalRef,
    Order,
    StaleMark,
    TimelineEvent,
)
from customers.rules.reading import read_customer
from tests.customers import payloads
from tests.factories.customers import ContactPointFactory, CustomerFactory

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+79123456789", "anna@shop.test"


@pytest.fixture
def push(company, now):
    """Push a customer of the shop."""
    return lambda **told: record_customer(customer=read_customer({"source": "shop", **told}, company), now=now)


def customer_with(channel, value, **fields):
    return ContactPointFactory(customer=CustomerFactory(**fields), channel=channel, value=value).customer


def test_the_id_in_the_source_comes_before_the_phone(record):
    known, other = CustomerFactory(), customer_with("phone", PHONE)
    ExternalRef.objects.create(customer=known, source="shop", external_id="c-1")
    assert record().customer_id == known.pk
    assert other.contact_points.filter(value=PHONE).exists(), "the phone stays with the other customer"


def test_the_phone_comes_before_the_email(record):
    by_email, by_phone = customer_with("email", EMAIL), customer_with("phone", PHONE)
    assert by_email.pk < by_phone.pk
    assert record().customer_id == by_phone.pk


def test_the_email_finds_who_has_no_such_id_and_phone(record):
    known = customer_with("email", EMAIL)
    assert record().customer_id == known.pk
    assert known.external_refs.get().external_id == "c-1"
    assert set(known.contact_points.values_list("value", flat=True)) == {EMAIL, PHONE}
    assert TimelineEvent.objects.get(kind=EventKind.CONTACT_ADDED).data == {
        "channel": "phone",
        "value": PHONE,
    }


def test_nobody_known_is_somebody_new(record):
    customer_with("phone", "+79990000000")
    record()
    assert Customer.objects.count() == 2


def test_a_shared_phone_means_who_had_it_first_even_if_it_is_told_of_another_later(record, push):
    push(external_id="wife", phone=PHONE)
    older = CustomerFactory()
    ExternalRef.objects.create(customer=older, source="shop", external_id="husband")
    push(external_id="husband", phone=PHONE)
    assert ContactPoint.objects.filter(value=PHONE).count() == 2
    result = record(customer={"phone": PHONE})
    assert result.customer_id == ExternalRef.objects.get(external_id="wife").customer_id


def test_a_chain_of_hints_within_one_batch_leads_to_one_customer(read, now):
    people = [{"external_id": "x", "phone": PHONE}, {"phone": PHONE, "email": EMAIL}, {"email": EMAIL}]
    orders = [read(payloads.order(i, customer=person)) for i, person in enumerate(people)]
    results = record_orders(orders=orders, now=now)
    assert len({result.customer_id for result in results}) == 1
    assert ContactPoint.objects.count() == 2


def test_a_newer_telling_that_names_another_customer_moves_the_order_and_marks_both(record):
    first = record(version=1)
    marks = StaleMark.objects.get().pk
    second = record(version=2, customer={"external_id": "c-2"})
    assert Order.objects.get().customer_id == second.customer_id != first.customer_id
    assert set(StaleMark.objects.filter(pk__gt=marks).values_list("customer_id", flat=True)) == {
        first.customer_id,
        second.customer_id,
    }


def test_a_newer_telling_with_an_unknown_address_stays_with_its_customer(record):
    first = record(version=1, customer={"phone": PHONE})
    second = record(version=2, customer={"phone": "+79990001122"})
    assert second.customer_id == first.customer_id
    assert Customer.objects.count() == 1


def test_an_order_fills_blanks_and_does_not_overwrite_what_people_wrote(record):
    known = customer_with("phone", PHONE, name="Anna, our dear", city="")
    record(customer={"phone": PHONE, "name": "anna", "city": "Tver"})
    known.refresh_from_db()
    assert (known.name, known.city) == ("Anna, our dear", "Tver")


def test_a_pushed_customer_is_created_then_unchanged_then_updated(push):
    assert push(external_id="7", name="Anna", phone=PHONE).fate == Fate.CREATED
    assert push(external_id="7", name="Anna").fate == Fate.UNCHANGED
    assert push(external_id="7", name="Anna P.", email=EMAIL).fate == Fate.UPDATED
    customer = Customer.objects.get()
    assert (customer.name, customer.contact_points.count(), customer.kind) == ("Anna P.", 2, "person")


def test_consents_are_kept_once_with_their_source_and_proof(push, record):
    told = [{"channel": "email", "action": "granted", "at": "2026-01-10T10:00:00Z", "proof": "form 7"}]
    push(external_id="c-1", consents=told)
    push(external_id="c-1", consents=told)
    consent = Consent.objects.get()
    assert (consent.action, consent.source, consent.proof) == ("granted", "shop", "form 7")
    assert TimelineEvent.objects.filter(kind=EventKind.CONSENT_GRANTED).count() == 1


def test_the_same_consent_without_a_time_is_news_only_once(push):
    told = [{"channel": "email"}]
    assert push(external_id="7", consents=told).fate == Fate.CREATED
    assert push(external_id="7", consents=told).fate == Fate.UNCHANGED
    assert push(external_id="7", consents=[{"channel": "email", "action": "withdrawn"}]).fate == Fate.UPDATED
    assert list(Consent.objects.order_by("id").values_list("action", flat=True)) == ["granted", "withdrawn"]


def test_consents_of_an_order_are_of_its_time(record):
    record(customer={"phone": PHONE, "consents": [{"channel": "phone", "proof": "till"}]})
    assert Consent.objects.get().at == Order.objects.get().placed_at
