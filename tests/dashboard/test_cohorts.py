"""The page of cohorts: its numbers by hand, its addresses, its files, and what it refuses."""

import json
from datetime import date
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.roles import Role
from dashboard.queries.cohorts import Asked, CohortReport, Row, cohort_report
from dashboard.views.cohorts import Heat, bought_at
from segmentation.models import CohortCell, CohortDimension
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.nights import NOON, known_base

pytestmark = pytest.mark.django_db
PAGE = "cohorts"
PERIOD = (date(2025, 1, 1), date(2026, 3, 1))
JANUARY = date(2025, 1, 1)


@pytest.fixture
def manager(client):
    client.force_login(ManagerFactory(language="en"))
    with time_machine.travel(NOON, tick=False):
        yield client


@pytest.fixture
def base():
    known_base()


def report(measure: str = "retention", **asked) -> CohortReport:
    found = cohort_report(Asked(*PERIOD, measure=measure, **asked), {})
    assert found is not None
    return found


def row_of(month: date, measure: str, **asked) -> Row:
    return next(row for row in report(measure, **asked).rows if row.first == month)


def values(row: Row, count: int = 6) -> list:
    return [point.value for point in row.points[:count]]


def tree_of(url: str) -> dict:
    return json.loads(parse_qs(urlsplit(url).query)["where"][0])


def test_it_opens_for_analysts_only(client: Client) -> None:
    for role in Role.values:
        client.force_login(UserFactory(role=role))
        expected = 200 if role in {Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR} else 403
        assert client.get(reverse(PAGE)).status_code == expected, role


def test_an_empty_base_is_told_what_to_do(manager: Client) -> None:
    page = manager.get(reverse(PAGE))
    assert page.context["report"] is None
    assert reverse("imports") in page.content.decode()


def test_who_came_back_in_each_month(base) -> None:
    # Anna: January, February, March (twice), then March of the next year. Boris: January, June.
    january = row_of(JANUARY, "retention")
    assert january.size == 2
    assert values(january) == [1, Decimal("0.5"), Decimal("0.5"), 0, 0, Decimal("0.5")]
    assert values(row_of(JANUARY, "customers")) == [2, 1, 1, 0, 0, 1]
    assert values(row_of(JANUARY, "returned")) == [0, Decimal("0.5"), Decimal("0.5"), Decimal("0.5"), Decimal("0.5"), 1]


def test_what_they_brought_adds_up(base) -> None:
    # 400 of margin an order, two customers.
    assert values(row_of(JANUARY, "margin")) == [400, 600, 1000, 1000, 1000, 1200]
    assert values(row_of(JANUARY, "total")) == [800, 1200, 2000, 2000, 2000, 2400]
    assert values(row_of(JANUARY, "orders")) == [1, Decimal("1.5"), Decimal("2.5"), Decimal("2.5"), Decimal("2.5"), 3]


def test_the_share_that_came_back_is_of_the_cohorts_that_are_old_enough(base) -> None:
    # All 98 of December came back a month later; of the two of January Anna in February, Boris in June.
    for age, returned in ((0, 0), (1, 98)):
        CohortCell.objects.create(
            dimension=CohortDimension.ALL,
            first_month=date(2025, 12, 1),
            age=age,
            customers=98,
            returned=returned,
            orders=98,
            revenue=0,
            margin=0,
        )
    points = report("returned").total.points
    # 99 of 100 at the age of 1 month; from 3 months on January alone is old enough: one of two, then both.
    assert [points[age].value for age in (1, 4, 5)] == [Decimal("0.99"), Decimal("0.5"), 1]


def test_the_month_under_way_is_marked_and_left_out_of_sums(base) -> None:
    january = row_of(JANUARY, "retention")
    assert [point.is_open for point in january.points] == [False] * 14 + [True]
    assert [point.is_open for point in row_of(date(2026, 3, 1), "retention").points] == [True]
    # In March, at the age of 14 months, Anna bought; together the rows stop before.
    assert len(report().total.points) == 14


def test_payback_is_against_the_months_own_cost(base) -> None:
    february = row_of(date(2026, 2, 1), "payback")
    # 4,000 were paid for Vera, who brought 400; nothing is known of January's cost.
    assert (february.cac, february.payback, values(february, 1)) == (4000, None, [Decimal("0.1")])
    january = row_of(JANUARY, "payback")
    assert (january.cac, january.payback, values(january, 2)) == (None, None, [None, None])


def test_payback_is_the_first_month_that_reaches_the_cost(base) -> None:
    from acquisition.models import Channel
    from tests.factories.acquisition import SpendFactory

    SpendFactory(channel=Channel.objects.get(), month=JANUARY, amount=2000)
    # 1,000 each: reached by the margin of March.
    assert row_of(JANUARY, "margin").payback == 2
    assert row_of(JANUARY, "margin", dimension=CohortDimension.CHANNEL, value="ads").payback == 2
    assert row_of(JANUARY, "margin", dimension=CohortDimension.OWNER, value="").payback == 2


def test_a_quarter_is_told_once_all_of_it_is_old_enough(base) -> None:
    quarter = next(row for row in report("customers", by_quarter=True).rows if row.first.year == 2026)
    assert (quarter.first, quarter.last, quarter.size) == (date(2026, 2, 1), date(2026, 3, 1), 2)
    assert quarter.points == []


def test_values_stand_side_by_side(base) -> None:
    (ads,) = report(dimension=CohortDimension.CHANNEL, value=None).rows
    assert (ads.value, ads.size) == ("ads", 4)
    # At the age of 0 Gleb's month is not over; of the others all three bought.
    assert ads.points[0].value == 1


def test_a_year_later_is_the_answer(base, manager: Client) -> None:
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        page = manager.get(reverse(PAGE), {"first": "2025-01"})
    assert page.context["report"].year is None
    assert "No cohort is a year old yet" in page.content.decode()


def test_a_cell_opens_those_who_bought_in_its_month(base, manager: Client) -> None:
    page = manager.get(reverse(PAGE), {"dimension": "channel", "value": "ads", "first": "2025-01"})
    january = page.context["heat"].rows[-1]
    assert tree_of(january.cells[5].cell.url) == {
        "all": [
            {"field": "first_on", "op": "month", "value": "2025-01"},
            {"field": "bought", "op": "some", "value": {"from": "2025-06-01", "to": "2025-06-30"}},
            {"field": "channel", "op": "in", "value": ["ads"]},
        ]
    }
    assert manager.get(january.cells[5].cell.url).status_code == 200


def test_a_share_that_came_back_opens_those_who_did(base, manager: Client) -> None:
    asked = {"measure": "returned", "first": "2025-01"}
    january = manager.get(reverse(PAGE), asked).context["heat"].rows[-1]
    assert january.cells[0].cell.url == ""
    for age, names in ((1, {"Anna"}), (4, {"Anna"}), (5, {"Anna", "Boris"})):
        found = manager.get(january.cells[age].cell.url).context["rows"]
        assert {row.customer.name for row, _cells in found} == names
    quarter = manager.get(reverse(PAGE), asked | {"by": "quarter"}).context["heat"].rows[-1]
    assert len(manager.get(quarter.cells[5].cell.url).context["rows"]) == 2


@pytest.mark.parametrize("measure", ["retention", "returned", "customers", "orders", "margin", "total", "payback"])
@pytest.mark.parametrize("dimension", ["all", "channel", "category", "owner"])
def test_each_measure_of_each_dimension_opens(base, manager: Client, measure: str, dimension: str) -> None:
    page = manager.get(reverse(PAGE), {"measure": measure, "dimension": dimension, "first": "2025-01"})
    assert page.status_code == 200
    assert page.context["report"].total.size == 4


def test_what_makes_no_sense_in_the_address_is_not_asked(base, manager: Client) -> None:
    asked = {"dimension": "colour", "value": "x", "measure": "luck", "first": "never", "last": "9999-99", "by": "day"}
    page = manager.get(reverse(PAGE), asked)
    assert (page.context["asked"].dimension, page.context["asked"].measure) == ("all", "retention")


def test_a_time_in_which_nobody_came_says_so(base, manager: Client) -> None:
    page = manager.get(reverse(PAGE), {"first": "2020-01", "last": "2020-02"})
    assert "Nobody first bought in this time" in page.content.decode()


def test_the_file_has_the_rows_of_the_page(base, manager: Client) -> None:
    asked = {"measure": "margin", "first": "2025-01", "table": "cohorts", "format": "csv"}
    lines = b"".join(manager.get(reverse(PAGE), asked)).decode().splitlines()
    assert lines[0].lstrip("\ufeff").startswith("Cohort,Customers,CAC")
    assert any(line.startswith("2025-01") for line in lines)


def test_the_page_costs_the_same_however_many_customers(base, manager: Client, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(5):
        report(dimension=CohortDimension.CHANNEL, value=None)


@pytest.mark.parametrize("by_quarter", [False, True])
def test_the_address_behind_a_cell_is_that_of_its_month(base, by_quarter: bool) -> None:
    """Also of a channel whose code is one of the words that days are put in place of."""
    CohortCell.objects.filter(dimension=CohortDimension.CHANNEL).delete()
    CohortCell.objects.filter(dimension=CohortDimension.ALL).update(dimension=CohortDimension.CHANNEL, value="FIRST")
    told = report("customers", dimension=CohortDimension.CHANNEL, value="FIRST", by_quarter=by_quarter)
    lines = Heat(told).rows
    assert lines
    for line in lines:
        for age, cell in enumerate(line.cells):
            if cell is not None:
                assert tree_of(cell.cell.url) == bought_at(line.row.months, age, age, CohortDimension.CHANNEL, "FIRST")
