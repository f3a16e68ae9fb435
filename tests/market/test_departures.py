"""Why customers left: on the card, in a conversation, by the link of a message."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import Conflict, InvalidInput, NotFound
from core.models import ChangeSet
from core.periods import company_day
from core.roles import Role
from customers.models import MergedCustomer
from market.actions import follow_returns, record_departure, take_departure_back
from market.links import read_token, why_token
from market.models import Competitor, Departure
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.market import NOW, departure, reason
from touches.actions import log_touch, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def farmer(client):
    user = UserFactory(language="en")
    client.force_login(user)
    return user


def record(customer, **given):
    fields = {"reason_id": reason().pk, "source": "card", "at": NOW, **given}
    return record_departure(customer_id=customer.pk, **fields)


def test_a_farmer_writes_down_why_a_customer_left_sees_it_and_takes_it_back(client, farmer):
    customer = CustomerFactory(owner=farmer)
    rival = Competitor.objects.create(name="The others")
    form = client.get(reverse("customer_left", args=[customer.pk])).content.decode()
    assert "Price" in form
    assert "The others" in form
    body = {"reason": reason().pk, "competitor": rival.pk, "note": "10% cheaper"}
    response = client.post(reverse("customer_left", args=[customer.pk]), body)
    assert response.url == reverse("customer_card", args=[customer.pk])
    left = Departure.objects.get()
    assert (left.reason.code, left.competitor, left.note, left.source, left.by) == (
        "price",
        rival,
        "10% cheaper",
        "card",
        farmer,
    )
    card = client.get(reverse("customer_card", args=[customer.pk])).content.decode()
    assert "10% cheaper" in card
    client.post(reverse("customer_left_undo", args=[customer.pk, left.pk]))
    assert not Departure.objects.exists()


def test_told_again_the_departure_is_corrected_and_its_day_stays():
    customer = CustomerFactory()
    record(customer, note="first")
    again = record(customer, reason_id=reason("quality").pk, at=NOW + timedelta(days=3))
    assert Departure.objects.get() == again
    assert (again.reason.code, again.note, again.at) == ("quality", "first", NOW)


def test_the_customers_own_answer_keeps_the_competitor_that_we_know():
    customer = CustomerFactory()
    departure(customer, "x", ManagerFactory())
    told = record(customer, reason_id=reason("service").pk, source="win_back", note="Rude")
    assert (told.competitor.name, told.reason.code, told.note, told.source) == (
        "The others",
        "service",
        "Rude",
        "win_back",
    )


def test_what_is_out_of_use_cannot_be_chosen():
    customer, rival = CustomerFactory(), Competitor.objects.create(name="Gone", is_active=False)
    old = reason("other")
    old.is_active = False
    old.save()
    with pytest.raises(InvalidInput):
        record(customer, reason_id=old.pk)
    with pytest.raises(InvalidInput):
        record(customer, competitor_id=rival.pk)
    with pytest.raises(InvalidInput):
        record(customer, note="x" * 2001)
    with pytest.raises(NotFound):
        record_departure(customer_id=0, reason_id=reason().pk, source="card", at=NOW)
    with pytest.raises(Conflict):
        record(CustomerFactory(erased_at=NOW))
    assert not Departure.objects.exists()


def test_an_order_brings_the_customer_back_and_its_cancellation_takes_that_back():
    customer = CustomerFactory()
    record(customer)
    OrderFactory(customer=customer, placed_at=NOW - timedelta(days=2), placed_on=date(2026, 5, 30))
    assert follow_returns() == 0
    order = OrderFactory(customer=customer, placed_at=NOW + timedelta(days=9), placed_on=date(2026, 6, 10))
    assert follow_returns() == 1
    assert Departure.objects.get().returned_on == date(2026, 6, 10)
    order.status, order.revenue, order.known_cost, order.uncosted_revenue = "cancelled", 0, 0, 0
    order.save()
    follow_returns()
    assert Departure.objects.get().returned_on is None


def test_who_came_back_may_leave_once_more():
    customer = CustomerFactory()
    record(customer)
    order = OrderFactory(customer=customer, placed_at=NOW + timedelta(days=9), placed_on=date(2026, 6, 10))
    follow_returns()
    record(customer, at=NOW + timedelta(days=60))
    # The return of the first departure is no more, but two cannot be open.
    order.status, order.revenue, order.known_cost, order.uncosted_revenue = "cancelled", 0, 0, 0
    order.save()
    follow_returns()
    assert Departure.objects.filter(returned_on=None).count() == 1


def test_a_refusal_in_a_conversation_writes_it_down_and_taking_it_back_removes_it(farmer):
    customer = CustomerFactory(owner=farmer)
    fields = {"customer_id": customer.pk, "channel": "call", "by": farmer, "at": NOW, "left_reason_id": reason().pk}
    log_touch(**fields, outcome="reached")
    assert not Departure.objects.exists()
    touch = log_touch(**fields, outcome="refused", note="Too dear")
    left = Departure.objects.get()
    assert (left.source, left.note, left.by) == ("touch", "Too dear", farmer)
    take_back(touch=touch, by=farmer, at=NOW)
    assert not Departure.objects.exists()


def test_taking_a_touch_back_leaves_what_was_known_before(farmer):
    customer = CustomerFactory(owner=farmer)
    record(customer)
    touch = log_touch(
        customer_id=customer.pk, channel="call", outcome="refused", by=farmer, at=NOW, left_reason_id=reason().pk
    )
    take_back(touch=touch, by=farmer, at=NOW)
    assert Departure.objects.exists()


def link(customer, on=None, **given):
    return reverse("why", args=[why_token(customer_id=customer.pk, on=on or company_day(timezone.now()), **given)])


def test_the_link_asks_in_the_customers_language_and_records_only_what_is_sent(client):
    customer = CustomerFactory(language="en")
    url = link(customer)
    page = client.get(url + f"?reason={reason('service').pk}")
    assert "I did not like how I was served" in page.content.decode()
    assert "checked" in page.content.decode()
    assert not Departure.objects.exists()
    assert client.post(url, {}).status_code == 422
    assert client.post(url, {"reason": reason("service").pk, "note": "Waited an hour"}).status_code == 200
    left = Departure.objects.get()
    assert (left.customer, left.reason.code, left.note, left.source, left.by) == (
        customer,
        "service",
        "Waited an hour",
        "win_back",
        None,
    )
    client.post(url, {"reason": reason("price").pk})
    assert Departure.objects.get().reason.code == "price"


@pytest.mark.parametrize(("company", "is_told"), [("Ferma", False), ("Zerno", True)])
def test_the_page_names_the_company_and_never_the_product(client, settings, company, is_told):
    settings.COMPANY_NAME = company
    page = client.get(link(CustomerFactory())).content.decode()
    assert "Ferma" not in page
    assert ("Zerno" in page) == is_told


def test_a_link_of_a_survey_says_so(client):
    client.post(link(CustomerFactory(), source="nps"), {"reason": reason().pk})
    assert Departure.objects.get().source == "nps"


@pytest.mark.parametrize("token", ["1-739577-w-000000000000000000000000", "x", "-", "1-2-3"])
def test_a_token_that_is_not_ours_opens_nothing(client, token):
    assert client.get(reverse("why", args=[token])).status_code == 404
    assert read_token(token) is None


def test_a_changed_token_is_not_ours():
    token = why_token(customer_id=15, on=date(2026, 6, 1))
    assert read_token(token).customer_id == 15
    assert read_token(token.replace("15-", "16-", 1)) is None


def test_an_old_link_an_erased_customer_and_a_merged_one(client):
    customer = CustomerFactory()
    old = link(customer, on=company_day(timezone.now()) - timedelta(days=181))
    assert client.post(old, {"reason": reason().pk}).status_code == 410
    assert client.post(link(CustomerFactory(erased_at=NOW)), {"reason": reason().pk}).status_code == 404
    gone = CustomerFactory()
    url = link(gone)
    made = ChangeSet.objects.create(kind="merge", at=NOW)
    MergedCustomer.objects.create(old_id=gone.pk, customer=customer, change_set=made)
    client.post(url, {"reason": reason().pk})
    assert Departure.objects.get().customer == customer


def test_a_stranger_finds_nothing_and_a_marketer_may_not(client, farmer):
    customer = CustomerFactory(owner=UserFactory())
    left = record(customer)
    assert client.get(reverse("customer_left", args=[customer.pk])).status_code == 404
    assert client.post(reverse("customer_left_undo", args=[customer.pk, left.pk])).status_code == 404
    client.force_login(UserFactory(role=Role.MARKETER))
    assert client.post(reverse("customer_left", args=[customer.pk]), {"reason": reason().pk}).status_code == 403
    take_departure_back(customer_id=CustomerFactory().pk, departure_id=left.pk)
    assert Departure.objects.exists()
