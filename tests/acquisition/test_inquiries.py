"""Inquiries: how they are read, whose they become, what they leave behind."""

import dataclasses
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acquisition.actions import inquiry_fault_text, open_channel, record_inquiries
from acquisition.models import Inquiry
from acquisition.rules.inquiries import InquiryData, makes_customer, read_inquiry, was_answered
from customers.actions import ConsentData, ContactData, company
from customers.models import Consent, ContactPoint, Customer, EventKind, ExternalRef, TimelineEvent
from customers.rules.faults import Faulty
from tests.factories.acquisition import ChannelFactory
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CALL = {"source": "tel", "external_id": "c1", "kind": "call", "at": "2026-11-20T10:00:00+03:00"}


def read(**more):
    return read_inquiry(CALL | more, company(), NOW)


def record(*inquiries):
    return record_inquiries(inquiries=inquiries, now=NOW)


def data(**more):
    return InquiryData(**{"source": "site", "kind": "form", "at": NOW} | more)


def email(value):
    return (ContactData("email", value),)


def test_an_inquiry_is_read_with_its_addresses_normalised():
    inquiry = read(
        phone="8 912 345-67-89", email="Anna@Shop.RU", channel="VK", next_step_on="2026-11-25", is_answered=True,
        duration_seconds=30, order={"external_id": "7"}, customer={"source": "crm", "external_id": "9"},
    )  # fmt: skip
    assert (inquiry.phone, inquiry.email, inquiry.channel_code) == ("+79123456789", "anna@shop.ru", "vk")
    assert (inquiry.next_step_on, inquiry.order, inquiry.customer) == (date(2026, 11, 25), ("tel", "7"), ("crm", "9"))


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"kind": "fax"}, "kind", "unknown_choice"),
        ({"kind": ""}, "kind", "required"),
        ({"kind": ["call"]}, "kind", "unknown_choice"),
        ({"at": None}, "at", "required"),
        ({"at": "yesterday"}, "at", "not_moment"),
        ({"at": "2027-11-20"}, "at", "in_future"),
        ({"source": " "}, "source", "required"),
        ({"phone": "12"}, "phone", "bad_phone"),
        ({"email": "nobody"}, "email", "bad_email"),
        ({"is_answered": "maybe"}, "is_answered", "not_yes_no"),
        ({"duration_seconds": -1}, "duration_seconds", "not_integer"),
        ({"duration_seconds": 10**9}, "duration_seconds", "too_large"),
        ({"order": "7"}, "order", "not_object"),
        ({"customer": {"id": 7}}, "customer.id", "unknown_field"),
        ({"mood": "good"}, "mood", "unknown_field"),
        ({"note": "\0"}, "note", "bad_characters"),
    ],
)
def test_a_mistake_is_told_by_its_field_and_in_words(change, field, code):
    with pytest.raises(Faulty) as refusal:
        read(**change)
    assert [(fault.field, fault.code) for fault in refusal.value.faults] == [(field, code)]
    assert inquiry_fault_text(refusal.value.faults[0])


def test_a_call_that_lasted_was_answered_and_a_form_waits_for_somebody():
    assert was_answered("call", 12, answered_by=False)
    assert not was_answered("call", 0, answered_by=False)
    assert was_answered("visit", None, answered_by=False)
    assert not was_answered("form", None, answered_by=False)
    assert was_answered("form", None, answered_by=True)


def test_a_missed_call_or_spam_makes_no_customer_unless_told_to():
    known = {"is_spam": False, "has_contact": True}
    assert not makes_customer(told=None, kind="call", is_answered=False, **known)
    assert makes_customer(told=True, kind="call", is_answered=False, **known)
    assert makes_customer(told=None, kind="form", is_answered=False, **known)
    assert not makes_customer(told=False, kind="form", is_answered=True, **known)
    assert not makes_customer(told=True, kind="form", is_answered=True, is_spam=True, has_contact=True)
    assert not makes_customer(told=True, kind="form", is_answered=True, is_spam=False, has_contact=False)


@pytest.mark.django_db
class TestRecording:
    def test_a_form_makes_a_customer_with_the_contact_and_an_event(self):
        ChannelFactory(code="vk")
        result = record(data(external_id="f1", name="Anna", contacts=email("anna@shop.test"), channel_code="vk"))[0]

        assert result.fate == "created"
        inquiry = Inquiry.objects.get()
        assert (inquiry.pk, inquiry.customer_id) == (result.inquiry_id, result.customer_id)
        assert inquiry.contact_captured
        assert inquiry.channel.code == "vk"
        assert inquiry.happened_on == date(2026, 11, 20)
        customer = Customer.objects.get()
        assert (customer.name, customer.channel_code) == ("Anna", "vk")
        event = customer.timeline.get(kind=EventKind.INQUIRY)
        assert event.data["inquiry"] == inquiry.pk

    def test_the_same_inquiry_told_twice_is_one_and_what_is_new_goes_over(self):
        first = record(read(phone="8 912 345-67-89", note="asked for a price"))[0]
        assert Customer.objects.count() == 0
        assert record(read(phone="8 912 345-67-89"))[0].fate == "unchanged"
        second = record(read(duration_seconds=60))[0]

        assert (second.fate, second.inquiry_id) == ("updated", first.inquiry_id)
        inquiry = Inquiry.objects.get()
        assert (inquiry.is_answered, inquiry.note, inquiry.phone) == (True, "asked for a price", "+79123456789")

    def test_an_inquiry_is_given_to_the_customer_with_the_phone_and_tells_them_once(self):
        customer = CustomerFactory(name="Boris")
        ContactPointFactory(customer=customer, channel="phone", value="+79123456789")
        for _again in range(2):
            assert record(read(phone="8 912 345-67-89", name="B.", email="b@shop.test"))[0].customer_id == customer.pk
        customer.refresh_from_db()
        assert customer.name == "Boris"
        assert customer.contact_points.count() == 2
        assert customer.timeline.filter(kind=EventKind.INQUIRY).count() == 1

    def test_a_stranger_does_not_add_an_address_to_the_customer_they_name(self):
        customer = CustomerFactory()
        ContactPointFactory(customer=customer, value="victim@shop.test")
        record(
            data(
                contacts=(ContactData("email", "victim@shop.test"), ContactData("phone", "+79990000000")),
                adds_contacts=False,
                name="Thief",
                consents=(ConsentData("email", "granted"), ConsentData("phone", "granted")),
            )
        )
        assert Inquiry.objects.get().customer == customer
        assert Inquiry.objects.get().phone == "+79990000000"
        assert [point.value for point in customer.contact_points.all()] == ["victim@shop.test"]
        assert [consent.channel for consent in Consent.objects.all()] == ["email"]

    def test_spam_makes_no_customer_and_without_an_address_nothing_is_captured(self):
        record(data(contacts=email("bot@shop.test"), is_spam=True), data(name="Somebody"))
        assert Customer.objects.count() == 0
        assert [i.contact_captured for i in Inquiry.objects.order_by("pk")] == [True, False]

    def test_an_external_id_finds_the_customer_in_another_source(self):
        customer = CustomerFactory()
        ExternalRef.objects.create(customer=customer, source="crm", external_id="9")
        assert record(read(customer={"source": "crm", "external_id": "9"}))[0].customer_id == customer.pk
        assert Inquiry.objects.get().contact_captured

    def test_what_it_names_must_exist_and_the_others_go_in(self):
        person, order = UserFactory(email="Anna@ferma.test"), OrderFactory(source="shop", external_id="7")
        results = record(
            read(answered_by="anna@ferma.test", order={"source": "shop", "external_id": "7"}),
            read(external_id="c2", answered_by="nobody@ferma.test"),
            read(external_id="c3", order={"external_id": "8"}),
            read(note="again"),
        )
        assert [result.fate for result in results] == ["created", "refused", "refused", "refused"]
        codes = [fault.code for result in results for fault in result.faults]
        assert codes == ["unknown_person", "unknown_order", "inquiry_repeated"]
        assert all(inquiry_fault_text(fault) for result in results for fault in result.faults)
        inquiry = Inquiry.objects.get()
        assert (inquiry.answered_by, inquiry.order, inquiry.is_answered) == (person, order, True)

    def test_a_channel_made_later_takes_the_inquiries_that_named_it(self):
        record(read(channel="Radio"))
        assert Inquiry.objects.get().channel is None
        channel = open_channel(code="radio", name="Radio")
        assert Inquiry.objects.get().channel == channel

    def test_twice_as_many_take_no_more_statements(self):
        def batch(start, count):
            return [
                data(external_id=f"{start}-{n}", contacts=email(f"a{start}-{n}@shop.test"), channel_code="vk")
                for n in range(count)
            ]

        def statements(inquiries):
            with CaptureQueriesContext(connection) as queries:
                record(*inquiries)
            return len(queries)

        assert statements(batch(1, 120)) == statements(batch(2, 240))
        changed = [dataclasses.replace(inquiry, note="x") for inquiry in batch(2, 240)]
        assert statements(changed[:120]) == statements(changed[120:])
        assert Inquiry.objects.filter(note="x").count() == 240

    def test_inquiries_without_an_id_are_each_their_own(self):
        record(data(name="A"), data(name="A"))
        assert Inquiry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_inquiry_at_once_leave_one_inquiry_and_one_customer():
    def tell():
        try:
            record(data(external_id="f1", contacts=email("anna@shop.test")))
        finally:
            connection.close()

    threads = [threading.Thread(target=tell) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Inquiry.objects.count() == 1
    assert Customer.objects.count() == 1
    assert ContactPoint.objects.count() == 1
    assert TimelineEvent.objects.filter(kind=EventKind.INQUIRY).count() == 1


def test_an_inquiry_far_ahead_is_refused_and_one_of_a_fast_clock_is_not():
    assert read(at=(NOW + timedelta(hours=3)).isoformat()).at > NOW
