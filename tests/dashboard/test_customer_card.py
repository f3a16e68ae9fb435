"""The customer's card and its tabs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.periods import company_day
from core.roles import Role
from customers.actions.obligations import make_obligation
from customers.models import Customer, EventKind, OrderLine, TimelineEvent
from dashboard.queries import timeline as timeline_queries
from dashboard.timeline_lines import LOOKS
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import ConsentFactory, ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.dashboard import NOON, buyer
from tests.factories.loyalty import PromoCodeFactory

pytestmark = pytest.mark.django_db
TABS = ("customer_card", "customer_orders", "customer_messages", "customer_history")


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(ManagerFactory(language="en"))
    return client


def fill(customer: Customer, rows: int) -> None:
    """Give the customer some of everything."""
    for number in range(rows):
        order = OrderFactory(customer=customer, placed_at=NOON - timedelta(days=number))
        OrderLine.objects.create(order=order, position=1, name=f"Coffee {number}", quantity=1, revenue=1000)
        ContactPointFactory(customer=customer)
        ConsentFactory(customer=customer, at=NOON - timedelta(days=number))
        PromoCodeFactory(customer=customer)
        for kind in EventKind:
            TimelineEvent.objects.create(customer=customer, kind=kind, at=NOON, data={"number": str(number)})


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER, Role.ADMINISTRATOR])
def test_every_tab_opens_for_everybody(client: Client, role: str, tab: str) -> None:
    user = UserFactory(role=role)
    customer = buyer(owner=user, phone="+79123456789")
    fill(customer, 1)
    client.force_login(user)
    assert client.get(reverse(tab, args=[customer.pk])).status_code == 200


@pytest.mark.parametrize("tab", [*TABS, "customer_timeline", "customer_next_touch", "customer_edit"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_foreign_customer_does_not_exist_for_a_farmer(client: Client, tab: str, headers: dict) -> None:
    customer = buyer(owner=UserFactory())
    client.force_login(UserFactory())
    assert client.get(reverse(tab, args=[customer.pk]), headers=headers).status_code == 404


@pytest.mark.parametrize("tab", TABS)
def test_a_customer_without_orders_has_a_card_too(manager: Client, tab: str) -> None:
    assert manager.get(reverse(tab, args=[CustomerFactory(name="").pk])).status_code == 200


@pytest.mark.parametrize("tab", TABS)
def test_the_number_of_queries_does_not_grow_with_the_rows(manager: Client, tab: str) -> None:
    customer = buyer()
    address = reverse(tab, args=[customer.pk])
    fill(customer, 1)
    manager.get(address)
    with CaptureQueriesContext(connection) as few:
        manager.get(address)
    fill(customer, 4)
    with CaptureQueriesContext(connection) as many:
        manager.get(address)
    assert len(many) == len(few) <= 11


def test_the_figures_say_how_they_came_about(manager: Client) -> None:
    html = manager.get(reverse("customer_card", args=[buyer().pk])).content.decode()
    for part in ("₽1,200", "₽2,000", "75%", "MBG/NBD"):
        assert part in html


def test_contacts_can_be_recognised_and_opened_to_be_called_and_written_to(manager: Client) -> None:
    customer = buyer(phone="+79123456789", email="anna@mail.test")
    html = manager.get(reverse("customer_card", args=[customer.pk])).content.decode()
    assert "+7 912 ••• •• 89" in html
    assert "a•••@mail.test" in html
    assert "3456789" not in html
    assert "anna@mail.test" not in html
    for point in customer.contact_points.all():
        assert f'hx-post="{reverse("contact_open", args=[point.pk])}"' in html


def test_hostile_text_is_shown_as_text(manager: Client) -> None:
    customer = buyer(name="<script>alert(1)</script>")
    TimelineEvent.objects.create(
        customer=customer, kind=EventKind.TOUCH, at=NOON, data={"note": "<img src=x onerror=alert(1)>"}
    )
    html = manager.get(reverse("customer_card", args=[customer.pk])).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize(
    "data", [{}, {"number": None}, {"revenue": "much"}, {"channel": 7, "outcome": []}, {"from": 1}]
)
def test_an_event_with_unusual_data_is_still_a_line(manager: Client, data: dict) -> None:
    customer = buyer()
    for kind in EventKind:
        TimelineEvent.objects.create(customer=customer, kind=kind, at=NOON, data=data)
    assert manager.get(reverse("customer_card", args=[customer.pk])).status_code == 200


def test_the_timeline_reads_on_without_losing_or_repeating(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline_queries, "AT_ONCE", 2)
    customer = CustomerFactory()
    for number in range(5):
        TimelineEvent.objects.create(customer=customer, kind=EventKind.TOUCH, at=NOON, data={"note": f"note {number}"})
    seen, place = [], None
    for _ in range(3):
        entries, place = timeline_queries.timeline(customer.pk, "", place)
        seen += [entry.events[0].data["note"] for entry in entries]
    assert seen == [f"note {number}" for number in (4, 3, 2, 1, 0)]
    assert place is None


def test_the_timeline_shows_one_kind(manager: Client) -> None:
    customer = CustomerFactory()
    for kind in (EventKind.TOUCH, EventKind.ORDER_PLACED):
        TimelineEvent.objects.create(customer=customer, kind=kind, at=NOON)
    response = manager.get(reverse("customer_timeline", args=[customer.pk]), {"show": "touches"})
    assert [line.look for line in response.context["lines"]] == [LOOKS[EventKind.TOUCH]]


@pytest.mark.parametrize("after", ["", "x", "2026-05-01,", "2026-05-01T00:00:00+00:00,1"])
def test_a_broken_place_in_the_timeline_does_no_harm(manager: Client, after: str) -> None:
    address = reverse("customer_timeline", args=[buyer().pk])
    assert manager.get(address, {"after": after}).status_code == 200


def test_the_card_says_how_many_promises_are_open_and_whether_one_is_overdue(manager: Client) -> None:
    customer = buyer()
    for days in (-3, 5):
        due_on = company_day(timezone.now()) + timedelta(days=days)
        make_obligation(customer_id=customer.pk, kind="delivery", due_on=due_on, at=timezone.now())
    page = manager.get(reverse("customer_card", args=[customer.pk])).content.decode()
    assert "2 open promises" in page
    assert "overdue" in page
    assert reverse("customer_promises", args=[customer.pk]) in page
