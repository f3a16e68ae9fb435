"""The published figures, see ../shared/data/README.md: CDNOW sample, weeks, calibration of 39 weeks."""

import numpy as np
import pytest

from segmentation.rules.ltv.backtest import Holdout, backtest
from segmentation.rules.ltv.beta_geometric import Params
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import Method, Reason, TimeUnit
from segmentation.rules.ltv.gamma_gamma import Margins, fit_gamma_gamma
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.select import fit_best
from segmentation.rules.ltv.statistics import Histories

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

PUBLISHED_BG = Params(r=0.243, alpha=4.414, a=0.793, b=2.426)


@pytest.fixture(scope="module")
def rows(cdnow):
    holdout = Holdout.from_customers(cdnow.weekly, cdnow.held_out, cdnow.holdout_days)
    fits = [(model, model.fit(cdnow.weekly)) for model in (MBG_NBD, BG_NBD)]
    return {row.method: row for row in backtest(holdout, fits)}


def test_bg_nbd_reaches_the_published_fit(cdnow):
    fit = BG_NBD.fit(cdnow.weekly)
    params = fit.params
    assert fit.n_customers == 2357
    assert round(params.r, 3) == 0.243
    assert round(params.alpha, 3) == 4.414
    assert round(params.a, 3) == 0.793
    assert round(params.b, 3) == 2.426
    assert round(fit.log_likelihood, 1) == -9582.4


def test_mbg_nbd_reaches_the_published_fit(cdnow):
    params = MBG_NBD.fit(cdnow.weekly).params
    assert round(params.r, 3) == 0.525
    assert round(params.alpha, 3) == 6.183
    assert round(params.a, 3) == 0.891
    assert round(params.b, 3) == 1.614


def test_a_fit_in_days_is_the_same_fit(cdnow):
    weekly = BG_NBD.fit(cdnow.weekly).params
    daily = BG_NBD.fit(Histories.from_customers(cdnow.x, cdnow.recency_days, cdnow.age_days)).params
    assert daily.r == pytest.approx(weekly.r, rel=1e-5)
    assert daily.alpha == pytest.approx(weekly.alpha * 7, rel=1e-5)


def test_gamma_gamma_reaches_the_published_fit(cdnow):
    fit = fit_gamma_gamma(Margins.from_customers(cdnow.x, cdnow.mean_amount))
    assert fit.n_customers == 946
    assert fit.reason is Reason.CONVERGED
    assert round(fit.params.p, 2) == 6.25
    assert round(fit.params.q, 2) == 3.74
    assert round(fit.params.v, 2) == pytest.approx(15.44, abs=0.011)
    assert round(fit.log_likelihood, 2) == -4055.92


def test_expected_purchases_of_one_customer():
    one = Histories.from_customers([2], [213], [272], TimeUnit.WEEK)
    assert one.recency[0] == pytest.approx(30.43, abs=0.005)
    assert one.age[0] == pytest.approx(38.86, abs=0.005)
    assert round(float(BG_NBD.expected_orders(PUBLISHED_BG, one, [39])[0, 0]), 3) == 1.226


def test_expected_purchases_of_a_new_customer(cdnow):
    params = BG_NBD.fit(cdnow.weekly).params
    expected = BG_NBD.expected_orders_of_new(params, [0.1429, 1, 3, 31.8571, 32, 78])
    assert np.round(expected[:5], 4).tolist() == [0.0078, 0.0532, 0.1506, 1.0405, 1.0437]
    # 1.8576 was published from a spreadsheet that cuts the hypergeometric series short: its first 150
    # terms give 1.8576, all of them 1.8580
    assert expected[5] == pytest.approx(1.8576, abs=0.0005)


@pytest.mark.parametrize(
    ("method", "rmse", "bias"),
    [
        (Method.BG_NBD, 1.608, -12.1),
        (Method.SAME_RATE, 2.212, 55.7),
        (Method.SAME_COUNT, 1.971, 30.6),
        (Method.ZERO, 2.206, -100.0),
    ],
)
def test_holdout_errors(rows, method, rmse, bias):
    assert rows[method].actual_orders == 1882
    assert round(rows[method].rmse, 3) == rmse
    assert round(rows[method].bias * 100, 1) == bias


def test_mean_absolute_error_hardly_tells_a_model_from_zero(rows):
    assert rows[Method.BG_NBD].mae == pytest.approx(rows[Method.ZERO].mae, rel=0.1)


def test_mbg_nbd_is_chosen_and_forecasts_every_customer(cdnow):
    holdout = Holdout.from_customers(cdnow.weekly, cdnow.held_out, cdnow.holdout_days)
    margins = Margins.from_customers(cdnow.x, cdnow.mean_amount)
    model = fit_best(cdnow.weekly, margins, holdout)
    assert (model.method, model.reason, model.rejected) == (Method.MBG_NBD, Reason.BEATS_NAIVE, ())
    forecast = model.predict(cdnow.weekly, margins)
    assert forecast.predicted_margin.shape == (2357, 2)
    assert (forecast.predicted_margin[:, 1] > forecast.predicted_margin[:, 0]).all()
