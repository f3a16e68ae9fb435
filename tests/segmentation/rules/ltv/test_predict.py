import numpy as np
import pytest

from segmentation.rules.ltv import predict as module
from segmentation.rules.ltv.beta_geometric import Params
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import MAX_MARGIN, Adjustment, Reason, TimeUnit
from segmentation.rules.ltv.fallback import CohortRates
from segmentation.rules.ltv.gamma_gamma import MarginModel, Margins
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.predict import MONTH_DAYS, FittedOrders, predict
from segmentation.rules.ltv.statistics import Histories

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

PARAMS = Params(0.5, 45.0, 0.9, 1.6)
ORDERS = FittedOrders(MBG_NBD, PARAMS, TimeUnit.DAY)
TEN = MarginModel(None, 0.0, 0, 0, 10.0, Reason.EQUAL_MARGINS)


@pytest.fixture
def histories():
    return Histories.from_customers([0, 3, 3, 40], [0, 90, 200, 300], [10, 400, 400, 310])


@pytest.fixture
def margins():
    return Margins.from_customers([0, 3, 3, 40], [np.nan, 10, 10, 10])


def test_without_discount_it_is_expected_orders_times_margin(histories, margins):
    forecast = predict(ORDERS, TEN, histories, margins, annual_discount=0.0)
    orders = MBG_NBD.expected_orders(PARAMS, histories, [12 * MONTH_DAYS, 36 * MONTH_DAYS])
    assert forecast.expected_orders == pytest.approx(histories.expand(orders))
    assert forecast.predicted_margin == pytest.approx(histories.expand(orders) * 10)


def test_the_discount_falls_on_each_month(histories, margins):
    forecast = predict(ORDERS, TEN, histories, margins, horizons_months=(1, 2), annual_discount=0.21)
    first, both = forecast.expected_orders.T
    expected = 10 * (first * 1.21 ** (-0.5 / 12) + (both - first) * 1.21 ** (-1.5 / 12))
    assert forecast.predicted_margin[:, 1] == pytest.approx(expected)


def test_customers_come_out_in_the_order_they_came_in(histories, margins):
    forecast = predict(ORDERS, TEN, histories, margins)
    alive = MBG_NBD.probability_alive(PARAMS, histories)[histories.inverse]
    assert forecast.p_alive == pytest.approx(alive)
    assert forecast.p_alive[1] < forecast.p_alive[2]


def test_weeks_and_days_forecast_the_same(margins):
    rows = ([0, 3, 3, 40], [0, 90, 200, 300], [10, 400, 400, 310])
    weekly = FittedOrders(MBG_NBD, Params(0.5, 45 / 7, 0.9, 1.6), TimeUnit.WEEK)
    in_days = predict(ORDERS, TEN, Histories.from_customers(*rows), margins)
    in_weeks = predict(weekly, TEN, Histories.from_customers(*rows, TimeUnit.WEEK), margins)
    assert in_weeks.predicted_margin == pytest.approx(in_days.predicted_margin)


def test_chunks_do_not_show(histories, margins, monkeypatch):
    whole = predict(ORDERS, TEN, histories, margins)
    monkeypatch.setattr(module, "_CHUNK", 1)
    assert predict(ORDERS, TEN, histories, margins).predicted_margin == pytest.approx(whole.predicted_margin)


def test_more_than_an_order_a_day_is_capped_and_labelled():
    frantic = FittedOrders(BG_NBD, Params(1000.0, 1.0, 0.01, 100.0), TimeUnit.DAY)
    one = Histories.from_customers([0], [0], [0])
    forecast = predict(frantic, TEN, one, Margins.from_customers([1], [10]))
    assert forecast.expected_orders[0, 0] == pytest.approx(12 * MONTH_DAYS)
    assert forecast.adjustment[0] == Adjustment.ORDERS_CAPPED


def test_an_absurd_margin_is_capped_and_labelled(histories, margins):
    forecast = predict(ORDERS, MarginModel(None, 0, 0, 0, 1e15, Reason.EQUAL_MARGINS), histories, margins)
    assert forecast.predicted_margin.max() == MAX_MARGIN
    assert forecast.adjustment[3] == Adjustment.MARGIN_CAPPED


def test_a_cohort_average_does_not_claim_to_know_who_is_alive(histories, margins):
    assert predict(CohortRates.of(histories), TEN, histories, margins).p_alive is None


def test_nobody_gets_an_empty_forecast():
    nobody = Histories.from_customers([], [], [])
    assert predict(ORDERS, TEN, nobody, Margins.from_customers([], [])).predicted_margin.shape == (0, 2)


@pytest.mark.parametrize(
    "change",
    [
        {"horizons_months": ()},
        {"horizons_months": (0,)},
        {"annual_discount": -0.1},
        {"annual_discount": np.nan},
    ],
)
def test_absurd_questions_are_refused(histories, margins, change):
    with pytest.raises(ValueError, match=r"horizons|discount"):
        predict(ORDERS, TEN, histories, margins, **change)


def test_what_does_not_belong_together_is_refused(histories, margins):
    with pytest.raises(ValueError, match="numbers of customers"):
        predict(ORDERS, TEN, histories, Margins.from_customers([], []))
    with pytest.raises(ValueError, match="time unit"):
        predict(FittedOrders(MBG_NBD, PARAMS, TimeUnit.WEEK), TEN, histories, margins)
