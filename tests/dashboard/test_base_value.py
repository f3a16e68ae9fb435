"""The page of the base value: the book in numbers known by hand, narrowed, as files; who may see it."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core.roles import Role
from customers.models import ContactPoint, Customer
from dashboard.figures.filters import FigureFilters
from dashboard.queries.base_value import BaseValue, base_value
from segmentation.models import BaseBalance, Standing
from segmentation.rules.book import Cause
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.nights import NIGHT, NOON, close_night, known_base

pytestmark = pytest.mark.django_db
PAGE = "base_value"
MARCH = date(2026, 3, 1)
YEAR = FigureFilters(date(2025, 4, 1), MARCH)


@pytest.fixture
def manager(client):
    client.force_login(ManagerFactory(language="en"))
    with time_machine.travel(NOON, tick=False):
        yield client


@pytest.fixture
def base():
    """At the end of February all were worth 2,000 each; then Gleb became unreachable, and Vera is new."""
    cache.clear()
    known_base()
    BaseBalance.objects.all().delete()
    worth = dict(Standing.objects.values_list("customer__name", "predicted_12"))
    vera = Standing.objects.get(customer__name="Vera")
    Standing.objects.filter(pk=vera.pk).delete()
    Standing.objects.update(predicted_12=2000)
    close_night(MARCH)
    vera.save(force_insert=True)
    for name, value in worth.items():
        Standing.objects.filter(customer__name=name).update(predicted_12=value)
    ContactPoint.objects.filter(customer__name="Gleb").update(status="bounced")
    close_night()


def found(filters: FigureFilters = YEAR) -> BaseValue:
    report = base_value(today=NIGHT, filters=filters)
    assert report is not None
    return report


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR])
def test_it_opens_for_those_who_see_the_whole_base(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    page = client.get(reverse(PAGE))
    assert page.status_code == 200
    assert b"manage.py nightly" in page.content


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER])
def test_it_is_refused_to_those_who_do_not(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(PAGE)).status_code == 403


def test_the_letter_does_not_call_everybody_whose_forecast_fell_gone(manager: Client, base) -> None:
    page = manager.get(reverse("summary")).content.decode()
    assert "the forecast of 1 customer fell" in page


def test_the_month_is_told_by_its_moves(base) -> None:
    now = found().now
    assert (now.month, now.opening, now.closing, now.customers) == (MARCH, 6000, 7500, 3)
    assert {cause: move.amount for cause, move in now.moves.items() if move.amount} == {
        Cause.ACQUIRED: 1500,
        Cause.EXPANDED: 3000,
        Cause.SHRUNK: -1000,
        Cause.UNREACHABLE: -2000,
    }
    assert (now.change, now.share, now.each, now.attrition) == (1500, Decimal("0.25"), 2500, -1000)
    assert (now.unreachable_customers, now.unreachable_value, now.lost_contacts) == (1, 500, 1)


def test_it_is_set_against_a_year_of_advertising(base) -> None:
    report = found()
    assert (report.advertising, report.budgets) == (3000, Decimal("2.5"))


@pytest.mark.parametrize(
    ("narrowing", "opening", "closing"),
    [({"grade": "B"}, 2000, 1500), ({"channel": "ads"}, 6000, 7500), ({"owner": "pool"}, 6000, 7500)],
)
def test_a_part_of_the_base_has_its_own_balance(base, narrowing: dict[str, str], opening: int, closing: int) -> None:
    now = found(FigureFilters(YEAR.first, YEAR.last, **narrowing)).now
    assert (now.opening, now.closing, now.interval_reason) == (opening, closing, "no_fit")
    assert now.opening + sum(move.amount for move in now.moves.values()) == now.closing


def test_months_that_the_book_does_not_know_are_an_empty_page(manager: Client, base) -> None:
    page = manager.get(reverse(PAGE), {"first": "2020-01", "last": "2020-03"})
    assert page.context["report"] is None
    assert b"The book does not know these months" in page.content


def test_the_page_says_the_numbers_and_opens_their_customers(manager: Client, base) -> None:
    page = manager.get(reverse(PAGE))
    text = page.content.decode()
    for number in ("₽7,500", "₽1,500", "₽2,500", "₽500", "+25%", "2.5"):
        assert number in text
    url = page.context["links"]["unreachable"]
    assert [each.name for each in listed(manager, url)] == ["Gleb"]
    assert {each.name for each in listed(manager, page.context["links"]["closing"])} == {"Anna", "Boris", "Vera"}


def listed(manager: Client, url: str) -> list[Customer]:
    answer = manager.get(url)
    assert answer.status_code == 200
    text = answer.content.decode()
    return [customer for customer in Customer.objects.all() if f">{customer.name}<" in text]


def test_the_tables_are_files_too(manager: Client, base) -> None:
    answer = manager.get(reverse(PAGE), {"table": "base-value", "format": "xlsx"})
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    march = dict(zip(rows[0], rows[1], strict=True))
    assert (march["Opening"], march["Attrition"], march["Closing"], march["One is worth"]) == (6000, -1000, 7500, 2500)
    csv = manager.get(reverse(PAGE), {"table": "lost-contacts", "format": "csv"})
    assert len(b"".join(csv.streaming_content).splitlines()) == 3


@pytest.mark.parametrize(
    "query", ["", "?first=2026-03&last=2026-03", "?grade=Q&owner=x&first=no&table=none&format=csv"]
)
def test_the_number_of_queries_is_small(manager, base, query: str, django_assert_max_num_queries) -> None:
    manager.get(reverse(PAGE) + query)
    with django_assert_max_num_queries(8):
        assert manager.get(reverse(PAGE) + query).status_code == 200


def test_where_the_book_begins_the_page_says_so(manager: Client) -> None:
    known_base()
    BaseBalance.objects.filter(month=MARCH).delete()
    page = manager.get(reverse(PAGE), {"first": "2026-02", "last": "2026-02"})
    assert b"The book begins here" in page.content
