"""The timeline: visits as one line, kinds in groups, never slow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from customers.models import Customer, EventKind, TimelineEvent
from dashboard.queries import timeline as queries
from dashboard.timeline_lines import LOOKS, line_of
from dashboard.views.customer_card import TIMELINE_FILTERS
from tests.factories.core import ManagerFactory
from tests.factories.customers import CustomerFactory
from tests.factories.dashboard import NOON

pytestmark = pytest.mark.django_db


def viewed(customer: Customer, minutes: int, kind: str = EventKind.PAGE_VIEWED, **data: object) -> None:
    TimelineEvent.objects.create(customer=customer, kind=kind, at=NOON - timedelta(minutes=minutes), data=data)


def read(customer: Customer, group: str = "") -> list[list[int]]:
    """All of the timeline, part by part: how many events each entry has."""
    parts, place = [], None
    while True:
        entries, place = queries.timeline(customer.pk, group, place)
        parts.append([len(entry.events) for entry in entries])
        if place is None:
            return parts


def test_pages_of_one_visit_are_one_line() -> None:
    customer = CustomerFactory()
    for minutes in (0, 10, 35, 100, 129):
        viewed(customer, minutes)
    assert read(customer) == [[3, 2]]


def test_what_happened_in_between_parts_a_visit() -> None:
    customer = CustomerFactory()
    for minutes, kind in ((0, EventKind.PAGE_VIEWED), (1, EventKind.ORDER_PLACED), (2, EventKind.CART_CHANGED)):
        viewed(customer, minutes, kind)
    assert read(customer) == [[1, 1, 1]]


def test_a_visit_is_not_torn_where_reading_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_OF_A_VISIT", 4)
    customer = CustomerFactory()
    for minutes in (0, 1, 100, 101, 102, 200):
        viewed(customer, minutes)
    assert read(customer) == [[2], [3, 1]]


def test_a_visit_longer_than_what_is_read_at_once_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_OF_A_VISIT", 4)
    customer = CustomerFactory()
    for minutes in range(10):
        viewed(customer, minutes)
    assert read(customer) == [[4], [4], [2]]


def test_a_visit_tells_what_was_looked_at() -> None:
    customer = CustomerFactory()
    viewed(customer, 0, url="https://shop.test/cart?token=secret", site="shop.test")
    viewed(customer, 1, EventKind.PRODUCT_VIEWED, name="Coffee")
    viewed(customer, 2, EventKind.SEARCHED, query="<tea>", found=3)
    entries, _place = queries.timeline(customer.pk, "", None)
    line = line_of(entries[0], {})
    assert [step.what for step in line.steps] == ["<tea>", "Coffee", "/cart"]
    assert "shop.test" in line.details


def test_every_kind_has_its_group_and_every_group_its_chip() -> None:
    grouped = [kind for kinds in queries.GROUPS.values() for kind in kinds]
    assert sorted(grouped) == sorted(EventKind)
    assert {key for key, _label in TIMELINE_FILTERS} == {"", *queries.GROUPS}
    assert set(LOOKS) | set(queries.ON_THE_SITE) == set(EventKind)


@pytest.mark.parametrize("group", ["", *queries.GROUPS])
def test_thousands_of_events_cost_as_many_queries_as_one(client: Client, group: str) -> None:
    client.force_login(ManagerFactory())
    customer = CustomerFactory()
    viewed(customer, 0)
    address = reverse("customer_timeline", args=[customer.pk])
    client.get(address, {"show": group})
    with CaptureQueriesContext(connection) as few:
        client.get(address, {"show": group})
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO customers_timelineevent (customer_id, kind, at, data, key)"
            " SELECT %s, (ARRAY['page_viewed', 'page_viewed', 'touch', 'order_placed'])[1 + n %% 4],"
            " %s::timestamptz - n * interval '7 minutes', '{}', '' FROM generate_series(1, 3000) n",
            [customer.pk, NOON],
        )
    with CaptureQueriesContext(connection) as many:
        client.get(address, {"show": group})
    assert len(many) == len(few) <= 5
