"""The overview: numbers known by hand, who may see them, an empty base, a constant number of queries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from acquisition.models import Spend
from core.roles import Role
from customers.models import ContactPoint, Customer
from dashboard.figures.filters import FigureFilters
from dashboard.queries.base import grades, stages
from dashboard.queries.base_value import latest_month
from dashboard.queries.overview import Overview, overview
from dashboard.queries.overview_part import Asked
from dashboard.queries.work import overdue_tasks, win_back_effects
from segmentation.actions import recompute_statistics
from segmentation.models import BaseBalance, BaseSnapshot, BookEntry, Standing, XMark
from tests.factories.campaigns import EnrolmentFactory, FlowFactory, HoldoutFactory
from tests.factories.core import IntegrationFactory, ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory
from tests.factories.nights import NIGHT, NOON, bought, close_night, known_base, stands
from tests.factories.nps import ResponseFactory
from touches.models import Task, TaskState

pytestmark = pytest.mark.django_db
PAGE = "overview"
# Seven of the page, two of them what its filters offer; two of who reads it.
MOST_QUERIES = 9


@pytest.fixture
def manager(client):
    client.force_login(ManagerFactory(language="en"))
    with time_machine.travel(NOON, tick=False):
        yield client


@pytest.fixture
def base():
    known_base()


@pytest.fixture
def found(base) -> Overview:
    return overview(whole())


def earlier_night(on: date, value: int, at_risk: int = 0) -> None:
    amounts = {"predicted_12": 0, "predicted_36": 0, "realised": 0, "value_at_risk": at_risk}
    BaseSnapshot.objects.create(on=on, buyers=1, base_value=value, **amounts)


def whole(**narrowed: str) -> Asked:
    """The usual 12 months, of everybody or a part."""
    return Asked(NIGHT, FigureFilters(date(2025, 4, 1), date(2026, 3, 1), **narrowed), ManagerFactory())


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR])
def test_it_opens_for_those_who_see_the_whole_base(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(PAGE)).status_code == 200


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER])
def test_it_is_refused_to_those_who_do_not(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(PAGE)).status_code == 403


def test_it_is_refused_to_an_integration(client: Client) -> None:
    client.force_login(IntegrationFactory())
    assert client.get(reverse(PAGE)).status_code == 403


def test_who_is_not_logged_in_is_sent_to_the_log_in(client: Client) -> None:
    assert client.get(reverse(PAGE)).url.startswith(reverse("account_login"))


def test_an_empty_base_is_told_what_to_do(manager: Client) -> None:
    page = manager.get(reverse(PAGE))
    assert page.context["night"] is None
    assert reverse("imports") in page.content.decode()
    assert b"manage.py nightly" in page.content


def test_a_night_over_no_customers_shows_the_same(manager: Client) -> None:
    close_night()
    assert b"manage.py nightly" in manager.get(reverse(PAGE)).content


def test_the_base_value_is_the_forecast_of_those_whom_one_can_reach(base) -> None:
    ContactPoint.objects.filter(customer__name="Boris").update(status="bounced")
    close_night()
    found = overview(whole())
    assert (found.snapshot.base_value, found.snapshot.reachable, found.snapshot.predicted_12) == (7000, 3, 8000)
    # The value at risk is that of every buyer, as in the list behind it; Boris' 600 are told apart.
    snapshot = found.snapshot
    assert (snapshot.value_at_risk, snapshot.risk_beyond, snapshot.risk_share) == (1800, 600, Decimal("0.225"))
    assert [part.value_at_risk for part in found.grades] == [500, 700, 0, 600]
    assert [part.base_value for part in found.grades] == [5000, 2000, 0, 0]
    assert [part.value_share for part in found.grades] == [5 / 7, 2 / 7, 0, 0]


def test_it_is_the_number_of_the_book_and_compared_with_its_opening(base) -> None:
    BookEntry.objects.all().delete()
    BaseBalance.objects.all().delete()
    anna = Customer.objects.get(name="Anna")
    Standing.objects.filter(customer=anna).update(predicted_12=3400)
    close_night(date(2026, 3, 1))
    Standing.objects.filter(customer=anna).update(predicted_12=5000)
    close_night()
    found = overview(whole())
    change = found.value_change
    assert (change.amount, change.share, found.opening.month) == (1600, Decimal("0.25"), date(2026, 2, 1))
    assert latest_month(NIGHT).closing == found.snapshot.base_value


def test_where_the_book_begins_there_is_no_change(base) -> None:
    BaseBalance.objects.filter(month=date(2026, 3, 1)).update(since=None)
    assert overview(whole()).value_change is None


def test_the_history_holds_the_nights_in_order(base) -> None:
    earlier_night(date(2026, 3, 10), 7000, at_risk=900)
    earlier_night(date(2024, 1, 1), 1)
    history = overview(whole()).history
    assert [(point.on, point.value, point.at_risk) for point in history] == [
        (date(2026, 3, 10), 7000, 900),
        (NIGHT, 8000, 1800),
    ]


def test_buyers_are_counted_by_grade(found: Overview) -> None:
    rows = {part.code: (part.customers, part.base_value, part.value_at_risk) for part in found.grades}
    assert rows == {"A": (1, 5000, 500), "B": (2, 2000, 700), "C": (0, 0, 0), "D": (1, 1000, 600)}
    assert [part.value_share for part in found.grades] == [0.625, 0.25, 0, 0.125]


def test_those_without_a_grade_have_a_row_when_there_are_any(base) -> None:
    customer = CustomerFactory(name="Nobody")
    bought(customer, ["2026-03-12"])
    recompute_statistics(as_of=NIGHT)
    stands(customer, "", "new", 0, 0, None, 0)
    close_night()
    assert grades(BaseSnapshot.objects.get(on=NIGHT))[-1].code == ""


def test_buyers_are_counted_by_stage_and_the_leaving_together(found: Overview) -> None:
    assert {part.code: part.customers for part in found.stages} == {
        "new": 1,
        "active": 1,
        "at_risk": 1,
        "lapsed": 1,
        "lost": 0,
    }
    assert (found.leaving.customers, found.leaving.base_value, found.leaving.value_at_risk) == (2, 1500, 850)
    assert sum(part.customer_share for part in stages(found.snapshot)) == 1


def test_ltv_is_what_buyers_brought_and_the_forecast_of_36_months(found: Overview) -> None:
    assert (found.base.realised_each, found.base.predicted_each, found.base.ltv) == (900, 4050, 4950)


def test_cac_is_that_of_the_last_full_month_and_of_12_months(found: Overview) -> None:
    month, year = found.costs.last_month, found.costs.year
    assert (month.month, month.paid, month.fully_loaded) == (date(2026, 2, 1), 3000, 4000)
    assert (year.new_customers, year.paid, year.fully_loaded) == (2, 1500, 2000)


def test_ltv_to_cac_is_that_of_the_customers_won_in_12_months(found: Overview) -> None:
    assert found.won.ltv == 3000
    assert found.times == Decimal("1.5")


def test_without_spend_there_is_no_cac(manager: Client, base) -> None:
    Spend.objects.all().delete()
    page = manager.get(reverse(PAGE))
    assert page.context["night"].times is None
    assert b"No spend is entered" in page.content


def test_the_repeat_rate_asks_those_who_are_old_enough(found: Overview) -> None:
    # Anna came back after 31 days, Boris after 132; the others are too new to ask.
    assert [(rate.days, rate.came_back, rate.customers) for rate in found.repeat] == [
        (90, 1, 2),
        (180, 2, 2),
        (365, 2, 2),
    ]


def test_sales_are_compared_with_the_same_days_of_last_year(found: Overview) -> None:
    # 25 March 2025 is not compared: the month has come to the 20th only.
    month, last_month = found.sales
    assert (month.first, month.last) == (date(2026, 3, 1), NIGHT)
    assert (month.revenue.now, month.revenue.before, month.revenue.share) == (2000, 1000, 1)
    assert (month.margin.now, month.margin.before) == (800, 400)
    assert (last_month.revenue.now, last_month.revenue.before) == (1000, 1000)


def test_overdue_tasks_are_counted_by_person(base) -> None:
    farmer, customer = UserFactory(first_name="Ivan", last_name="Petrov"), CustomerFactory()
    late = NIGHT - timedelta(days=1)
    for _ in range(2):
        Task.objects.create(customer=customer, owner=farmer, due_on=late)
    Task.objects.create(customer=customer, due_on=late)
    Task.objects.create(customer=customer, owner=farmer, due_on=NIGHT)
    done = {"state": TaskState.DONE, "closed_at": datetime(2026, 3, 1, tzinfo=UTC)}
    Task.objects.create(customer=customer, owner=farmer, due_on=late, **done)
    rows = overdue_tasks(ManagerFactory(), NIGHT)
    assert [(row.name, row.tasks) for row in rows] == [("Ivan Petrov", 2), ("", 1)]


def test_overdue_tasks_of_foreign_customers_are_not_counted_for_a_farmer() -> None:
    late = NIGHT - timedelta(days=1)
    Task.objects.create(customer=CustomerFactory(owner=UserFactory()), due_on=late)
    assert overdue_tasks(UserFactory(), NIGHT) == []


def test_nps_comes_with_half_of_its_95_percent_interval(manager: Client, base) -> None:
    ResponseFactory(score=10)
    ResponseFactory(score=2)
    # 100 x sqrt((p + d - (p - d)^2) / 2) = 70.7, times sqrt((4 - 2) / (4 - 1)): half of the base has answered;
    # 1.96 such errors are shown.
    assert "± 113" in manager.get(reverse(PAGE)).content.decode()


def test_win_back_is_judged_against_its_holdout() -> None:
    flow = FlowFactory(name="Come back")
    entered = datetime(2026, 3, 1, tzinfo=UTC)
    treated = [EnrolmentFactory(flow=flow, entered_at=entered) for _ in range(4)]
    HoldoutFactory(flow=flow, entered_at=entered)
    for enrolment in treated[:3]:
        bought(enrolment.customer, ["2026-03-05"])
    (row,) = win_back_effects(NIGHT)
    assert (row.name, row.entered, row.held_out, row.share.points) == ("Come back", 4, 1, 75)
    assert not row.is_certain


def test_the_page_says_the_numbers(manager: Client, base) -> None:
    XMark.objects.create(
        customer=CustomerFactory(),
        set_by=ManagerFactory(),
        set_at=datetime(2026, 3, 1, tzinfo=UTC),
    )
    text = manager.get(reverse(PAGE)).content.decode()
    for number in ("₽8,000", "₽1,800", "22.5%", "₽4,950", "₽4,000", "1.5", "50%", "₽2,000", "+100%"):
        assert number in text
    for rows in ("?grade=A", "?stage=at_risk&amp;stage=lapsed", "value_at_risk", "?grade=X", "ordered_from=2026-03-01"):
        assert reverse("customer_list") + rows in text or rows in text


@pytest.mark.parametrize("table", ["grades", "stages"])
def test_the_tables_can_be_taken_out(manager: Client, base, table: str) -> None:
    answer = manager.get(reverse(PAGE), {"table": table, "format": "csv"})
    assert answer["Content-Type"].startswith("text/csv")
    assert len(b"".join(answer.streaming_content).splitlines()) == 1 + len(grades_or_stages(table))


def grades_or_stages(table: str) -> list[str]:
    return ["A", "B", "C", "D"] if table == "grades" else ["new", "active", "at_risk", "lapsed", "lost"]


def test_every_figure_has_its_definition_on_the_page(manager: Client, base) -> None:
    text = manager.get(reverse(PAGE)).content.decode()
    assert text.count('class="menu definition"') == 10


def test_the_number_of_queries_is_small_and_does_not_grow(manager, base, django_assert_max_num_queries) -> None:
    manager.get(reverse(PAGE))
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        manager.get(reverse(PAGE))
    for number in range(5):
        bought(customer := CustomerFactory(owner=UserFactory()), [f"2025-0{number + 1}-03", "2026-03-01"])
        Task.objects.create(customer=customer, owner=customer.owner, due_on=date(2026, 3, 1))
    recompute_statistics(as_of=NIGHT)
    close_night()
    with django_assert_max_num_queries(MOST_QUERIES) as many:
        manager.get(reverse(PAGE))
    assert len(few) == len(many)
