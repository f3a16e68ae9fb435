"""The front desk: writing inquiries down, and what is done about them."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acquisition.actions import Noted, answer_inquiry, change_inquiry, link_orders, record_at_desk, take_inquiry
from acquisition.models import Inquiry, LeakPolicy, OutgoingCall
from core.errors import Conflict, InvalidInput
from core.periods import company_day
from customers.models import Customer, Order
from customers.models.guard import AccessEntry, AccessLimit
from tests.factories.acquisition import ChannelFactory, InquiryFactory
from tests.factories.core import UserFactory
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = date(2026, 3, 2)
PHONE = "+79123456789"


@pytest.fixture
def hunter(client):
    person = UserFactory(role="hunter", language="en", first_name="Roman")
    client.force_login(person)
    return person


def typed(**more):
    return {"phone": "8 912 345-67-89", "kind": "call", "token": str(uuid.uuid4())} | more


def order(customer, day, **more):
    at = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    return OrderFactory(customer=customer, placed_on=day, placed_at=at, **more)


def test_a_call_is_written_down_with_its_customer_and_whoever_took_it(client, hunter):
    ChannelFactory(code="radio")
    ask = typed(name="Anna", channel="radio", next_step="Send prices", next_step_on="2030-01-15")
    response = client.post(reverse("inquiries"), ask)
    assert response.status_code == 302
    inquiry = Inquiry.objects.get()
    assert (inquiry.phone, inquiry.is_answered, inquiry.answered_by) == (PHONE, True, hunter)
    assert (inquiry.customer.name, inquiry.channel.code) == ("Anna", "radio")
    assert (inquiry.next_step, inquiry.next_step_on) == ("Send prices", date(2030, 1, 15))


def test_the_form_sent_twice_is_one_inquiry(client, hunter):
    ask = typed()
    for _again in range(2):
        client.post(reverse("inquiries"), ask)
    assert Inquiry.objects.count() == 1


def test_spam_and_a_missed_call_make_no_customer(client, hunter):
    client.post(reverse("inquiries"), typed(is_spam="on"))
    client.post(reverse("inquiries"), typed(is_missed="on"))
    assert not Customer.objects.exists()
    assert [row.is_answered for row in Inquiry.objects.order_by("pk")] == [True, False]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phone": "12"}, "This is no phone number"),
        ({"email": "nobody"}, "This is no e-mail address"),
        ({"next_step": "Call"}, "Say on which day"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(client, hunter, change, words):
    response = client.post(reverse("inquiries"), typed(name="Anna") | change)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="Anna"' in response.content.decode()
    assert not Inquiry.objects.exists()


def test_while_a_phone_is_typed_only_ones_own_customers_are_named(client, hunter):
    mine = CustomerFactory(name="Mine", owner=hunter)
    ContactPointFactory(customer=mine, channel="phone", value=PHONE)
    foreign = CustomerFactory(name="Sesame", owner=UserFactory(role="farmer"))
    ContactPointFactory(customer=foreign, channel="phone", value="+79120000000")
    who = reverse("inquiry_who")
    assert "Mine" in client.get(who, {"phone": "8 912 345 67 89"}).content.decode()
    assert "Sesame" not in client.get(who, {"phone": "+79120000000"}).content.decode()
    assert client.get(who, {"phone": "8 91"}).content.decode().strip() == ""


def test_calling_back_is_written_down_and_takes_the_inquiry_off_the_list(hunter):
    inquiry = InquiryFactory(phone=PHONE)
    take_inquiry(inquiry=inquiry, by=hunter, at=NOW)
    with pytest.raises(Conflict):
        take_inquiry(inquiry=inquiry, by=UserFactory(), at=NOW)
    answer_inquiry(inquiry=inquiry, by=hunter, at=NOW, is_reached=False)
    inquiry.refresh_from_db()
    assert inquiry.taken_by == hunter
    answer_inquiry(inquiry=inquiry, by=hunter, at=NOW, note="Wants beans")
    inquiry.refresh_from_db()
    assert (inquiry.taken_by, inquiry.answered_by) == (None, hunter)
    call = OutgoingCall.objects.get(is_answered=True)
    assert (call.phone, call.by, call.inquiry, call.note) == (PHONE, hunter, inquiry, "Wants beans")


def test_a_captured_contact_makes_the_customer(hunter):
    inquiry = InquiryFactory(external_id="", is_answered=True)
    changed = change_inquiry(inquiry=inquiry, by=hunter, now=NOW, name="Anna", email="anna@shop.test")
    assert (changed.contact_captured, changed.customer.name, changed.email) == (True, "Anna", "anna@shop.test")
    known = CustomerFactory()
    ContactPointFactory(customer=known, channel="phone", value=PHONE)
    another = InquiryFactory(is_answered=True)
    assert change_inquiry(inquiry=another, by=hunter, now=NOW, phone=PHONE).customer == known


def test_an_order_is_linked_by_hand_only_to_its_own_customer(hunter):
    customer = CustomerFactory()
    inquiry = InquiryFactory(customer=customer)
    with pytest.raises(InvalidInput):
        change_inquiry(inquiry=inquiry, by=hunter, now=NOW, order=OrderFactory())
    mine = order(customer, DAY)
    assert change_inquiry(inquiry=inquiry, by=hunter, now=NOW, order=mine).order == mine


def test_the_first_counted_order_within_the_days_is_linked_and_a_hand_wins():
    customer = CustomerFactory()
    early, dead, first, _second = (
        order(customer, DAY - timedelta(days=1)),
        order(customer, DAY + timedelta(days=1), status="cancelled", revenue=0, known_cost=0),
        order(customer, DAY + timedelta(days=30)),
        order(customer, DAY + timedelta(days=31)),
    )
    asked = InquiryFactory(customer=customer)
    by_hand = InquiryFactory(customer=customer, order=early)
    spam = InquiryFactory(customer=customer, is_spam=True)
    too_early = InquiryFactory(customer=customer, at=NOW - timedelta(days=20))
    assert link_orders(today=DAY + timedelta(days=40), now=NOW) == 2
    for row in (asked, by_hand, spam, too_early):
        row.refresh_from_db()
    assert (asked.order, by_hand.order, spam.order, too_early.order) == (first, early, None, early)
    LeakPolicy.objects.create(pk=1, order_days=1)
    assert link_orders(today=DAY + timedelta(days=40), now=NOW) == 0
    assert dead.status == "cancelled"


def test_an_order_that_is_cancelled_makes_room_for_the_next_and_then_for_none():
    customer = CustomerFactory()
    first, second = (order(customer, DAY + timedelta(days=days)) for days in (1, 2))
    asked = InquiryFactory(customer=customer, order=first)
    told = []
    for cancelled in (None, first, second, None):
        if cancelled:
            dead = {"status": "cancelled", "revenue": 0, "known_cost": 0, "updated_at": NOW}
            Order.objects.filter(pk=cancelled.pk).update(**dead)
        changed = link_orders(today=DAY + timedelta(days=300), now=NOW)
        asked.refresh_from_db()
        told.append((changed, asked.order))
    assert told == [(0, first), (1, second), (1, None), (0, None)]


@pytest.mark.parametrize("told_last", [Inquiry, Order])
def test_an_old_inquiry_and_its_old_order_find_each_other_when_either_is_told_late(told_last):
    bought = order(CustomerFactory(), DAY - timedelta(days=200))
    asked = InquiryFactory(customer=bought.customer, at=NOW - timedelta(days=205))
    late = NOW + timedelta(days=20)
    for told in (Inquiry, Order):
        told.objects.update(updated_at=NOW if told == told_last else NOW - timedelta(days=100))
    assert link_orders(today=DAY, now=late) == 0
    assert link_orders(today=DAY, now=late, days=2, told_within=timedelta(days=21)) == 1
    Inquiry.objects.update(order=None, updated_at=NOW - timedelta(days=100))
    told_last.objects.update(updated_at=NOW)
    assert link_orders(today=DAY, now=NOW) == 1
    asked.refresh_from_db()
    assert asked.order == bought


def test_the_list_shows_what_is_asked_for_and_nobody_elses(client, hunter):
    now = timezone.now()
    InquiryFactory(name="Walked in", kind="visit", at=now, line="Shop")
    InquiryFactory(name="Rang", at=now, phone=PHONE)
    InquiryFactory(name="Long ago", at=now - timedelta(days=90))
    foreign = InquiryFactory(name="Sesame", at=now, customer=CustomerFactory(owner=UserFactory(role="farmer")))
    page = client.get(reverse("inquiries")).content.decode()
    assert "Walked in" in page
    assert "Long ago" not in page
    assert "Sesame" not in page
    assert PHONE not in page
    assert "Rang" not in client.get(reverse("inquiries"), {"kind": "visit", "person": "x"}).content.decode()
    assert "Walked in" in client.get(reverse("inquiries"), {"line": "Shop"}).content.decode()
    assert "Long ago" in client.get(reverse("inquiries"), {"first": "2020-01-01"}).content.decode()
    assert client.get(reverse("inquiry", args=[foreign.pk])).status_code == 404


def test_the_phone_of_a_stranger_is_opened_once_it_is_written_down_and_within_the_limit(client, hunter):
    AccessLimit.objects.update_or_create(role="hunter", kind="contact", defaults={"per_day": 1})
    first, second = InquiryFactory(phone=PHONE), InquiryFactory(phone="+79120000000")
    show = reverse("inquiry_contact", args=[first.pk])
    for _again in range(2):
        assert PHONE in client.post(show, headers={"HX-Request": "true"}).content.decode()
    entry = AccessEntry.objects.first()
    assert (entry.by, entry.detail["inquiry"]) == (hunter, first.pk)
    refused = client.post(reverse("inquiry_contact", args=[second.pk]), headers={"HX-Request": "true"})
    assert refused.status_code == 204
    assert client.post(show, {"channel": "email"}).status_code == 404


def test_every_button_of_an_inquiry_does_what_it_says(client, hunter):
    customer = CustomerFactory(owner=hunter)
    bought = order(customer, company_day(timezone.now()))
    inquiry = InquiryFactory(customer=customer, phone=PHONE, at=timezone.now() - timedelta(hours=1))
    assert client.get(reverse("inquiry", args=[inquiry.pk])).status_code == 200

    def press(name, **told):
        return client.post(reverse(name, args=[inquiry.pk]), told).status_code

    assert press("inquiry_take") == press("inquiry_answer", is_reached="1") == 302
    assert press("inquiry_step", next_step="Meet", next_step_on="2030-02-01") == press("inquiry_order", order=bought.pk)
    assert press("inquiry_step", next_step="Meet") == press("inquiry_answer", is_reached="perhaps") == 422
    assert press("inquiry_capture") == 422
    inquiry.refresh_from_db()
    assert (inquiry.next_step, inquiry.order, inquiry.is_spam) == ("Meet", bought, False)
    assert press("inquiry_spam", on="1") == 302
    inquiry.refresh_from_db()
    assert inquiry.is_spam


def test_the_terms_are_changed_by_managers_within_bounds(client):
    client.force_login(UserFactory(role="manager", language="en"))
    url = reverse("leak_policy")
    told = {"callback_hours": 2, "forgotten_days": 3, "order_days": 14}
    assert client.post(url, told | {"order_days": 0}).status_code == 422
    assert client.post(url, told).status_code == 302
    assert LeakPolicy.objects.get().terms.callback_hours == 2
    client.force_login(UserFactory(role="hunter"))
    assert client.post(url, told).status_code == 403


def test_what_cannot_be_recorded_is_said(hunter):
    noted = Noted(kind="call", at=NOW, phone=PHONE, token="t")
    made = record_at_desk(noted=noted, by=hunter, now=NOW)
    assert made.answered_by == hunter
