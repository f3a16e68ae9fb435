import numpy as np
import pytest

from segmentation.rules.ltv.backtest import BacktestRow, Holdout, backtest, choose
from segmentation.rules.ltv.beta_geometric import Fit, Params
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import Method, Reason, TimeUnit
from segmentation.rules.ltv.statistics import Histories

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def fit(method, reason=Reason.CONVERGED):
    return Fit(method, Params(1, 1, 1, 1), -1.0, 100, TimeUnit.DAY, reason)


def row(method, rmse):
    return BacktestRow(method, rmse, 1.0, 0.0, 1.0, 1.0)


def rows(mbg=1.0, bg=1.0, count=2.0, zero=2.0):
    methods = (Method.MBG_NBD, Method.BG_NBD, Method.SAME_COUNT, Method.ZERO)
    return [row(*pair) for pair in zip(methods, (mbg, bg, count, zero), strict=True)]


FITS = (fit(Method.MBG_NBD), fit(Method.BG_NBD))


def test_errors_are_those_of_the_definition():
    past = Histories.from_customers([2, 0], [50, 0], [100, 100])
    found = {r.method: r for r in backtest(Holdout.from_customers(past, [1, 3], 50), [])}
    count, rate, zero = (found[m] for m in (Method.SAME_COUNT, Method.SAME_RATE, Method.ZERO))
    assert (count.rmse, count.mae, count.bias) == pytest.approx((np.sqrt(5), 2, -0.5))
    assert (rate.rmse, rate.mae, rate.bias) == pytest.approx((np.sqrt(4.5), 1.5, -0.75))
    assert (zero.rmse, zero.mae, zero.bias) == pytest.approx((np.sqrt(5), 2, -1))


def test_there_is_no_relative_bias_where_nobody_ordered():
    past = Histories.from_customers([2], [50], [100])
    assert all(r.bias is None for r in backtest(Holdout.from_customers(past, [0], 50), []))


def test_a_fit_that_cannot_be_used_has_no_row():
    past = Histories.from_customers([2], [50], [100])
    unusable = (BG_NBD, fit(Method.BG_NBD, Reason.NOT_CONVERGED))
    found = backtest(Holdout.from_customers(past, [0], 50), [unusable])
    assert [r.method for r in found] == [
        Method.COHORT_AVERAGE,
        Method.SAME_RATE,
        Method.SAME_COUNT,
        Method.ZERO,
    ]


def test_an_empty_base_has_no_rows():
    nobody = Histories.from_customers([], [], [])
    assert backtest(Holdout.from_customers(nobody, [], 50), []) == ()


def test_models_that_beat_the_naive_ones_are_eligible_in_order():
    assert choose(FITS, rows()).eligible == (Method.MBG_NBD, Method.BG_NBD)


@pytest.mark.parametrize("naive", [{"count": 1.5}, {"zero": 1.5}])
def test_a_model_that_loses_to_the_better_naive_one_is_rejected(naive):
    choice = choose(FITS, rows(mbg=1.6, **naive))
    assert choice.eligible == (Method.BG_NBD,)
    assert choice.rejected == ((Method.MBG_NBD, Reason.LOST_TO_NAIVE),)


def test_a_tie_is_not_a_loss():
    assert Method.MBG_NBD in choose(FITS, rows(mbg=2.0)).eligible


def test_a_degenerate_fit_is_rejected_with_its_own_reason():
    fits = (fit(Method.MBG_NBD, Reason.PARAMETERS_AT_BOUNDS), fit(Method.BG_NBD))
    assert choose(fits, rows()).rejected == ((Method.MBG_NBD, Reason.PARAMETERS_AT_BOUNDS),)


def test_without_a_backtest_nothing_is_eligible():
    choice = choose(FITS, [])
    assert choice.eligible == ()
    assert {reason for _, reason in choice.rejected} == {Reason.NO_HOLDOUT}


@pytest.mark.parametrize(("orders", "days"), [([1, 2], 10), ([-1], 10), ([np.nan], 10), ([1], 0), ([1], np.nan)])
def test_an_impossible_holdout_is_refused(orders, days):
    with pytest.raises(ValueError, match=r"must|different"):
        Holdout.from_customers(Histories.from_customers([1], [1], [2]), orders, days)
