"""The page of LTV: by grade, by cohort, payback, and what it says about the forecast."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from acquisition.actions import count_won
from acquisition.models import Spend
from core.roles import Role
from dashboard.links import customers_where
from dashboard.queries.forecast import forecast
from dashboard.queries.ltv import LtvReport, ltv_report
from segmentation.actions import measure_channels, recompute_cohorts, recompute_statistics
from segmentation.models import Cohort, CohortMonth, ModelFit
from tests.factories.acquisition import SpendFactory
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory
from tests.factories.nights import NIGHT, NOON, bought, close_night, known_base

pytestmark = pytest.mark.django_db
PAGE = "ltv"
MARGIN = {"pooled_mean": 40000, "log_likelihood": 0.0, "customers": 4, "excluded": 0, "reason": "too_few_repeat_buyers"}
# Six of the page; two of who reads it; three of what its filters offer.
MOST_QUERIES = 11


@pytest.fixture
def manager(client):
    client.force_login(ManagerFactory(language="en"))
    with time_machine.travel(NOON, tick=False):
        yield client


@pytest.fixture
def base():
    known_base()


@pytest.fixture
def report(base) -> LtvReport:
    return ltv_report(today=NIGHT)


def fitted(**fields) -> ModelFit:
    """MBG/NBD that missed 26 weeks of 1,000 orders by -2.9 %; the guesses by +30 % and +50 %."""
    rows = [("same_count", 2.5, 0.5), ("same_rate", 2.0, 0.3), ("zero", 2.2, -1.0), ("mbg_nbd", 1.6, -0.029)]
    usual = {
        "fitted_at": datetime(2026, 3, 20, tzinfo=UTC),
        "until": NIGHT,
        "method": "mbg_nbd",
        "reason": "beats_naive",
        "customers": 4,
        "repeat_buyers": 2,
        "holdout_days": 182,
        "parameters": {"unit": 7, "r": 0.5, "alpha": 6.0, "a": 0.8, "b": 2.5, "margin": MARGIN},
        "backtest": [
            {
                "method": method,
                "rmse": rmse,
                "mae": rmse,
                "bias": bias,
                "predicted_orders": 1000 * (1 + bias),
                "actual_orders": 1000,
            }
            for method, rmse, bias in rows
        ],
    }
    return ModelFit.objects.create(**(usual | fields))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.MARKETER, Role.ADMINISTRATOR])
def test_it_opens_for_those_who_see_the_whole_base(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(PAGE)).status_code == 200


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.INTEGRATION])
def test_it_is_refused_to_those_who_do_not(client: Client, role: str) -> None:
    client.force_login(UserFactory(role=role))
    assert client.get(reverse(PAGE)).status_code == 403


def test_an_empty_base_is_told_what_to_do(manager: Client) -> None:
    page = manager.get(reverse(PAGE))
    assert page.context["report"] is None
    assert reverse("imports") in page.content.decode()


def test_each_grade_has_its_worth(report: LtvReport) -> None:
    rows = {part.code: part for part in report.grades}
    assert (rows["A"].customers, rows["A"].realised, rows["A"].realised_each, rows["A"].ltv) == (1, 2000, 2000, 11000)
    assert (rows["B"].customers, rows["B"].realised_each, rows["B"].predicted_36, rows["B"].ltv) == (2, 400, 5200, 3000)
    assert rows["B"].p_alive == pytest.approx(0.6)
    assert rows["C"].ltv is None
    assert report.p_alive == pytest.approx(0.625)


def test_a_cohort_is_told_by_the_month_of_the_first_order(base) -> None:
    (january,) = ltv_report(today=NIGHT, year=2025).cohorts
    assert (january.worth.customers, january.worth.realised_each, january.worth.ltv) == (2, 1400, 6900)
    assert january.p_alive == pytest.approx(0.65)


def test_quarters_add_their_months(base) -> None:
    rows = ltv_report(today=NIGHT).cohorts
    assert [(row.quarter, row.first.year, row.worth.customers) for row in rows] == [(1, 2025, 2), (1, 2026, 2)]


def test_the_curve_follows_the_margin_of_a_customer(report: LtvReport) -> None:
    # In the month of the first order 400 each; then Anna's of February, then her two of March.
    assert report.paid.curves[0].year is None
    assert report.paid.curves[0].points[:6] == [400, 600, 1000, 1000, 1000, 1200]
    assert [curve.year for curve in report.paid.curves[1:]] == [2025, 2026]


def test_payback_is_that_of_the_customers_won_in_12_months_whose_cost_is_known(report: LtvReport) -> None:
    # Only February has spend: 4,000 for Vera, who brought 400 in her first month.
    paid = report.paid
    assert (paid.life[: paid.lived], paid.payback, paid.is_by_earlier) == ([400], None, False)
    # From the second month on those of January 2025 tell: Anna 200 each, her two orders of March, the last of Boris.
    assert paid.life[1:6] == [600, 1000, 1000, 1000, 1200]
    assert len(report.paid.curves[0].points) == 14


@pytest.mark.parametrize(("salaries", "months"), [(100, 0), (101, 1), (900, 5), (901, None)])
def test_payback_is_one_number_on_all_pages(manager: Client, base, salaries: int, months: int | None) -> None:
    """300 of advertising and the salaries for Vera, who brought 400 in her first month.

    Nobody of the 12 months has lived a second one: those of January 2025 tell of it.
    """
    Spend.objects.update(amount=300)
    Spend.objects.filter(kind="salaries").update(amount=salaries)
    SpendFactory(month=date(2025, 1, 1), amount=1)
    count_won()
    measure_channels()
    shown = manager.get(reverse("cac")).context["report"].whole
    paid = manager.get(reverse(PAGE)).context["report"].paid
    total = manager.get(reverse("cohorts"), {"first": "2025-04", "last": "2026-03"}).context["report"].total
    assert (paid.payback, shown.payback, total.payback) == (months, months, months)
    assert {paid.is_by_earlier, shown.is_by_earlier, total.is_by_earlier} == {months in {1, 5}}
    assert shown.has_payback


def test_margin_without_a_known_cost_is_the_policys(db) -> None:
    customer = CustomerFactory()
    OrderFactory(
        customer=customer,
        placed_on=date(2026, 3, 2),
        placed_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        known_cost=0,
        uncosted_revenue=1000,
    )
    recompute_statistics(as_of=NIGHT)
    recompute_cohorts(as_of=NIGHT)
    assert CohortMonth.objects.get().margin == 300


def test_cancelled_and_later_orders_are_not_in_a_cohort(db) -> None:
    customer = CustomerFactory()
    bought(customer, ["2026-03-02", "2026-03-25"])
    OrderFactory(customer=customer, status="cancelled", placed_on=date(2026, 3, 3), revenue=0, known_cost=0)
    recompute_statistics(as_of=NIGHT)
    recompute_cohorts(as_of=NIGHT)
    assert CohortMonth.objects.get().orders == 1
    assert Cohort.objects.get().repeat == {"90": [0, 0], "180": [0, 0], "365": [0, 0]}


def test_cohorts_written_twice_are_the_same(base) -> None:
    before = list(CohortMonth.objects.values_list("first_month", "month", "orders", "margin"))
    recompute_cohorts(as_of=NIGHT)
    assert list(CohortMonth.objects.values_list("first_month", "month", "orders", "margin")) == before
    assert Cohort.objects.count() == 3


def test_the_forecast_is_set_beside_the_best_simple_guess(db) -> None:
    told = forecast(fitted())
    assert (told.used.method, told.guess.method, told.weeks_held_out) == ("mbg_nbd", "same_rate", 26)
    assert told.trials[0] is told.used
    assert told.reason == ""


def test_the_page_says_in_words_how_far_the_forecast_was_off(manager: Client, base) -> None:
    fitted()
    text = manager.get(reverse(PAGE)).content.decode()
    assert "On the last 26 weeks, held out, MBG/NBD missed the number of orders by -2.9%" in text
    assert "by +30%" in text


def test_a_fallback_says_why_it_is_in_force(manager: Client, base) -> None:
    fitted(method="cohort_average", reason="too_few_repeat_buyers", backtest=[], holdout_days=None)
    text = manager.get(reverse(PAGE)).content.decode()
    assert "too few customers have come back to learn from" in text
    assert "nobody knows yet how good the forecast is" in text


def test_a_base_that_was_never_fitted_says_so(manager: Client, base) -> None:
    assert b"No model is fitted yet" in manager.get(reverse(PAGE)).content


def test_numbers_open_their_customers(manager: Client, base) -> None:
    text = manager.get(reverse(PAGE) + "?year=2025").content.decode()
    for leaf in (
        {"field": "grade", "op": "in", "value": ["B"]},
        {"field": "first_on", "op": "between", "value": ["2025-01-01", "2025-01-31"]},
    ):
        assert escape(customers_where({"all": [leaf]})) in text


def test_a_part_of_the_base_is_counted_as_it_is_asked_for(manager: Client, base) -> None:
    for query, customers, predicted, ltv in (("grade=B", 2, 5200, 3000), ("channel=ads", 4, 16200, None)):
        report = manager.get(f"{reverse(PAGE)}?{query}").context["report"]
        assert (report.base.customers, report.snapshot.predicted_36) == (customers, predicted)
        assert report.paid is None
        if ltv:
            assert report.base.ltv == ltv
    assert [(row.quarter, row.worth.customers) for row in report.cohorts] == [(1, 2), (1, 2)]


def test_nobody_in_the_part_asked_for_is_told(manager: Client, base) -> None:
    page = manager.get(f"{reverse(PAGE)}?grade=C")
    assert page.context["report"].base.customers == 0
    assert "Nobody has bought yet." in page.content.decode()


def test_the_tables_go_out_as_files(manager: Client, base) -> None:
    lines = b"".join(manager.get(f"{reverse(PAGE)}?table=grades&format=csv").streaming_content).decode("utf-8-sig")
    assert "Grade" in lines.splitlines()[0]
    assert len(lines.splitlines()) == 6
    assert manager.get(f"{reverse(PAGE)}?table=cohorts&format=xlsx").status_code == 200


def test_a_year_without_customers_shows_the_quarters(base) -> None:
    report = ltv_report(today=NIGHT, year=1999)
    assert (report.year, report.years, len(report.cohorts)) == (None, [2025, 2026], 2)


@pytest.mark.parametrize("query", ["", "?year=2025", "?year=nonsense", "?owner=nobody"])
def test_the_number_of_queries_is_small_and_does_not_grow(
    manager: Client, base, django_assert_max_num_queries, query: str
) -> None:
    fitted()
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        manager.get(reverse(PAGE) + query)
    for number in range(1, 6):
        bought(CustomerFactory(), [f"2025-0{number}-03", "2026-03-01"])
    recompute_statistics(as_of=NIGHT)
    close_night()
    with django_assert_max_num_queries(MOST_QUERIES) as many:
        manager.get(reverse(PAGE) + query)
    assert len(few) == len(many)
