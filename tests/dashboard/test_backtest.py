"""The page that says whether the forecast can be trusted, and what a fit writes down for it."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from dashboard.queries.backtest import read
from segmentation.actions import fit_models
from segmentation.actions.locks import recomputing
from segmentation.models import ModelFit
from segmentation.queries.holdouts import split_history
from segmentation.rules.ltv.calibration import calibrate, probability_silent
from segmentation.rules.ltv.groups import by_group, frequency_band
from segmentation.rules.ltv.likelihood import Params
from tests.factories.core import ManagerFactory, UserFactory
from tests.factories.segmentation import AS_OF, NIGHT, buyer_of

pytestmark = pytest.mark.django_db
PAGE = "ltv_backtest"
CUT = AS_OF - timedelta(days=100)


def told(**changes) -> ModelFit:
    """Ten customers at the cut, of whom the model foretold 13 orders in two weeks and 10 came."""
    methods = {
        "mbg_nbd": {"orders": 13.0, "rmse": 0.5, "margin": 130000.0},
        "same_rate": {"orders": 20.0, "rmse": 0.9, "margin": 150000.0},
    }
    part = {"code": "A", "customers": 10, "orders": 10.0, "margin": 100000.0, "methods": methods}
    trial = {
        "cut": "2026-05-18",
        "end": "2026-06-01",
        "customers": 10,
        "method": "mbg_nbd",
        "weeks": {"actual": [4.0, 10.0], "mbg_nbd": [6.0, 13.0], "same_rate": [10.0, 20.0]},
        "margin": [
            {"method": "mbg_nbd", "predicted": 130000.0, "rmse": 1.0, "mae": 1.0, "bias": 0.3},
            {"method": "same_rate", "predicted": 150000.0, "rmse": 1.0, "mae": 1.0, "bias": 0.5},
        ],
        "margin_actual": 100000,
        "margin_reason": "converged",
        "grades": [part],
        "bands": [part | {"code": "3"}],
        "leaving": {
            "bands": [
                {"low": at / 10, "customers": 1, "given": at / 10, "expected_silent": 0.5, "silent": 0.4}
                for at in range(10)
            ],
            "brier": 0.1,
            "brier_leaving": 0.12,
            "brier_same": 0.2,
            "customers": 10,
            "cut_short": 3,
        },
        "rejected": [],
    }
    rows = [
        {"method": method, "rmse": rmse, "mae": 0.4, "bias": bias, "predicted_orders": orders, "actual_orders": 10.0}
        for method, rmse, bias, orders in (("mbg_nbd", 0.5, 0.3, 13.0), ("same_rate", 0.9, 1.0, 20.0))
    ]
    fields = {
        "fitted_at": NIGHT,
        "until": AS_OF,
        "method": "mbg_nbd",
        "reason": "beats_naive",
        "customers": 10,
        "repeat_buyers": 8,
        "holdout_days": 14,
        "parameters": {"unit": 7, "r": 0.5, "alpha": 6.0, "a": 0.8, "b": 2.5},
        "backtest": rows,
        "trial": trial,
    }
    return ModelFit.objects.create(**(fields | changes))


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(ManagerFactory(language="en"))
    return client


def test_the_answer_comes_first(manager: Client) -> None:
    told()
    text = manager.get(reverse(PAGE)).content.decode()
    assert "In the last 2 weeks it foretold 13 orders; 10 came." in text
    assert "+30%" in text
    assert "would have said 20" in text
    assert "Brier score 0.100 against 0.200" in text


def test_parts_know_how_far_they_were_off(db) -> None:
    report = read(told())
    (grade,) = report.grades
    assert (grade.bias, grade.margin_bias, grade.guess_rmse) == (pytest.approx(0.3), pytest.approx(0.3), 0.9)
    assert report.leaving.is_better


@pytest.mark.parametrize("table", ["methods", "grades", "bands", "leaving", "weeks", "fits"])
def test_each_table_goes_out_as_a_file(manager: Client, table: str) -> None:
    told()
    response = manager.get(f"{reverse(PAGE)}?table={table}&format=csv")
    assert response["Content-Disposition"] == f'attachment; filename="{table}.csv"'
    header, *rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    names = header.split(";" if ";" in header else ",")
    assert rows
    assert len(names) == len(set(names))


def test_a_fit_from_before_says_what_it_knows(manager: Client) -> None:
    told(trial={}, method="cohort_average", reason="lost_to_naive", backtest=[], holdout_days=None)
    text = manager.get(reverse(PAGE)).content.decode()
    assert "nobody knows yet how good the forecast is" in text
    assert "it was no better than the simplest guess" in text


def test_before_the_first_fit_the_page_says_what_will_come(manager: Client) -> None:
    assert "No forecast yet" in manager.get(reverse(PAGE)).content.decode()


def test_it_takes_few_queries(manager: Client, django_assert_max_num_queries) -> None:
    for _ in range(3):
        told()
    with django_assert_max_num_queries(4):
        manager.get(reverse(PAGE))


def test_a_farmer_does_not_see_it(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse(PAGE)).status_code == 403


def test_history_is_cut_exactly(db) -> None:
    """Days from the cut: the first order after it, purchase days by week, margin; by hand."""
    one = buyer_of([300, 150, 93, 93, 40])
    buyer_of([200])
    buyer_of([50])
    with recomputing():
        split, _whole = split_history(CUT, AS_OF)
    order = split.past.customer_id.argsort()
    assert split.past.customer_id[order].tolist()[0] == one.pk
    assert split.past.frequency[order].tolist() == [1, 0]
    after = split.after
    assert after.orders[order].tolist() == [2, 0]
    assert after.next_after[order].tolist() == [7, 0]
    assert after.margin[order].tolist() == [120000, 0]
    assert after.window_orders[order].tolist() == [2, 1]
    assert split.weeks.tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_a_fit_adds_its_weeks_and_groups_up(db) -> None:
    for who in range(60):
        buyer_of([280 - who, 200, 150 - who, 60 + who % 7, 10])
    trial = fit_models(as_of=AS_OF, now=NIGHT).trial
    orders = sum(part["orders"] for part in trial["grades"])
    assert orders == sum(part["orders"] for part in trial["bands"]) == trial["weeks"]["actual"][-1]
    assert sum(part["margin"] for part in trial["grades"]) == trial["margin_actual"]
    assert date.fromisoformat(trial["end"]) == AS_OF


def test_brier_and_bands_are_those_of_the_definition() -> None:
    leaving = np.array([0.05, 0.05, 0.75, 1.0])
    found = calibrate(leaving, leaving, np.array([False, True, True, True]))
    assert found.brier == pytest.approx((0.05**2 + 0.95**2 + 0.25**2 + 0) / 4)
    assert found.brier_same == pytest.approx(0.75 * 0.25)
    assert [(band.customers, band.silent) for band in found.bands if band.customers] == [(2, 0.5), (1, 1), (1, 1)]
    assert calibrate(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool)) is None


def test_silence_is_leaving_or_being_slow() -> None:
    params = Params(0.5, 6.0, 0.8, 2.5)
    numbers = [np.array([value]) for value in (0.7, 3.0, 40.0, 10.0)]
    # 0.3 have left; of the others (46/56)^3.5 place no order in ten weeks.
    assert probability_silent(params, *numbers)[0] == pytest.approx(0.3 + 0.7 * (46 / 56) ** 3.5)


def test_groups_and_bands() -> None:
    assert frequency_band(np.array([1, 2, 3, 4, 5, 9, 10, 99])).tolist() == [0, 1, 2, 2, 3, 3, 4, 4]
    forecast = {"zero": np.array([1.0, 3.0, 5.0])}
    low, high = by_group(["x", "y", "none"], np.array([0, 0, 1]), forecast, np.array([2.0, 2.0, 0.0]))
    assert (low.customers, low.actual, low.methods["zero"].bias) == (2, 4.0, 0)
    assert (high.methods["zero"].rmse, high.methods["zero"].bias) == (5.0, None)
