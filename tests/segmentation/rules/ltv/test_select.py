"""Whatever the base looks like, everybody gets a finite forecast and the method is named."""

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from segmentation.rules.ltv.backtest import Holdout
from segmentation.rules.ltv.beta_geometric import BetaGeometric, Fit, Params
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import MarginMethod, Method, Reason, TimeUnit
from segmentation.rules.ltv.gamma_gamma import Margins
from segmentation.rules.ltv.select import fit_best, soundness
from segmentation.rules.ltv.statistics import Histories

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def columns(rows):
    return [np.array([row[i] for row in rows], dtype=float) for i in range(3)]


def outcome(rows, mean, later=None, **options):
    """Model and forecast, with a holdout of 100 days in which `later` orders were placed."""
    histories = Histories.from_customers(*columns(rows))
    orders = histories.expand(histories.frequency) if later is None else later
    holdout = Holdout.from_customers(histories, orders, 100)
    margins = Margins.from_customers(columns(rows)[0], np.broadcast_to(mean, len(rows)))
    model = fit_best(histories, margins, holdout, **options)
    return model, model.predict(histories, margins)


def assert_sane(forecast):
    numbers = [forecast.expected_orders, forecast.predicted_margin, forecast.margin_per_order]
    assert all(np.isfinite(each).all() and (each >= 0).all() for each in numbers)
    if forecast.p_alive is not None:
        assert ((forecast.p_alive >= 0) & (forecast.p_alive <= 1)).all()


ONE_TIME = [(0, 0, age) for age in range(300)]
REGULAR = [(10, 300, 310)] * 300
TEN = [(i % 4, i % 4 * 30, 200 + i) for i in range(10)]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], Reason.NO_CUSTOMERS),
        (ONE_TIME, Reason.TOO_FEW_REPEAT_BUYERS),
        (TEN, Reason.TOO_FEW_REPEAT_BUYERS),
        (REGULAR, Reason.PARAMETERS_AT_BOUNDS),
        ([(3, 0, 0)] * 100, Reason.HISTORY_TOO_SHORT),
    ],
    ids=["empty", "one-time", "ten", "regular", "no time"],
)
def test_a_degenerate_base_falls_back_to_the_cohort_average(rows, reason):
    model, forecast = outcome(rows, 100.0)
    assert (model.method, model.reason, model.fit) == (Method.COHORT_AVERAGE, reason, None)
    assert [method for method, _ in model.rejected] == [Method.MBG_NBD, Method.BG_NBD]
    assert_sane(forecast)


def test_one_time_buyers_are_not_expected_to_order_at_their_average_rate():
    assert outcome(ONE_TIME, 100.0)[1].predicted_margin.sum() == 0


def test_regulars_are_expected_to_go_on():
    _, forecast = outcome(REGULAR, 100.0)
    assert forecast.expected_orders[:, 0] == pytest.approx(10 / 310 * 365.25)


def test_one_huge_wholesaler_does_not_blow_up_the_rest(simulate):
    x, t_x, age, later = simulate(3000, 0.5, 45, 0.9, 1.6, initial_dropout=True)
    rows = [*zip(x, t_x, age, strict=True), (5000, 700, 700)]
    mean = np.append(np.random.default_rng(1).gamma(3, 100, 3000), 1e9)
    model, forecast = outcome(rows, mean, np.append(later, 700))
    assert_sane(forecast)
    assert forecast.expected_orders[-1, 0] <= 365.25
    # even so heavy an outlier leaves the others' orders near what they did
    assert forecast.expected_orders[:-1, 0].sum() < 5 * later.sum()
    assert model.rejected or model.method is Method.MBG_NBD


def test_a_year_of_returns_predicts_no_loss():
    _, forecast = outcome(REGULAR + ONE_TIME, -50.0)
    assert_sane(forecast)
    assert forecast.predicted_margin.sum() == 0


def test_returns_of_some_are_left_out_of_the_margin_model(simulate):
    x, t_x, age, later = simulate(3000, 0.5, 45, 0.9, 1.6, initial_dropout=True)
    mean = np.random.default_rng(1).gamma(3, 100, 3000)
    mean[::5] *= -1
    model, forecast = outcome(list(zip(x, t_x, age, strict=True)), mean, later)
    assert model.margin.n_excluded == ((mean < 0) & (x > 0)).sum()
    assert model.margin.method is MarginMethod.GAMMA_GAMMA
    assert_sane(forecast)


def test_a_model_that_loses_is_not_used(simulate):
    x, t_x, age, _ = simulate(3000, 0.5, 45, 0.9, 1.6, initial_dropout=True)
    model, forecast = outcome(list(zip(x, t_x, age, strict=True)), 100.0, np.zeros(3000))
    assert (model.method, model.reason) == (Method.COHORT_AVERAGE, Reason.LOST_TO_NAIVE)
    assert_sane(forecast)


def test_a_model_that_wins_is_used_and_shows_its_backtest(simulate):
    x, t_x, age, later = simulate(3000, 0.5, 45, 0.9, 1.6, initial_dropout=True, ahead=100)
    model, _ = outcome(list(zip(x, t_x, age, strict=True)), 100.0, later)
    assert (model.method, model.reason) == (Method.MBG_NBD, Reason.BEATS_NAIVE)
    assert {row.method for row in model.backtest} == set(Method)


class Degenerate(BetaGeometric):
    """A model whose fit never comes to anything."""

    def fit(self, histories, min_repeat_buyers=50):
        return Fit(self.method, None, 0.0, 0, histories.unit, Reason.NOT_CONVERGED)


def test_the_next_model_is_used_where_the_first_is_degenerate(simulate):
    x, t_x, age, later = simulate(3000, 0.5, 45, 0.9, 1.6, initial_dropout=True, ahead=100)
    models = (Degenerate(Method.MBG_NBD, initial_dropout=True), BG_NBD)
    model, _ = outcome(list(zip(x, t_x, age, strict=True)), 100.0, later, models=models)
    assert (model.method, model.reason) == (Method.BG_NBD, Reason.NOT_CONVERGED)
    assert model.rejected == ((Method.MBG_NBD, Reason.NOT_CONVERGED),)


def test_without_a_holdout_no_model_is_trusted(simulate):
    x, t_x, age, _ = simulate(1000, 0.5, 45, 0.9, 1.6, initial_dropout=True)
    model = fit_best(Histories.from_customers(x, t_x, age), Margins.from_customers(x, x), None)
    assert (model.method, model.reason, model.backtest) == (Method.COHORT_AVERAGE, Reason.NO_HOLDOUT, ())


def test_the_minimum_of_repeat_buyers_can_be_set(simulate):
    x, t_x, age, later = simulate(300, 0.5, 45, 0.9, 1.6, initial_dropout=True, ahead=100)
    rows = list(zip(x, t_x, age, strict=True))
    assert outcome(rows, 100.0, later, min_repeat_buyers=301)[0].reason is Reason.TOO_FEW_REPEAT_BUYERS


def test_a_fit_that_foretells_ten_times_the_past_is_not_sound():
    histories = Histories.from_customers([1] * 10, [1000] * 10, [1000] * 10)
    wild = Fit(Method.BG_NBD, Params(1000.0, 1.0, 0.001, 1.0), -1.0, 10, TimeUnit.DAY, Reason.CONVERGED)
    sober = Fit(Method.BG_NBD, Params(0.5, 45.0, 0.9, 1.6), -1.0, 10, TimeUnit.DAY, Reason.CONVERGED)
    assert soundness(BG_NBD, wild, histories) is Reason.EXPECTATION_EXPLODES
    assert soundness(BG_NBD, sober, histories) is Reason.CONVERGED


# Shrinking a base that breaks a fit takes minutes; the falsifying base is printed as it is.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


@st.composite
def hostile(draw):
    """Customers with any history that is one, any margin at all, and any orders after."""
    rows, means, later = [], [], []
    for _ in range(draw(st.integers(0, 12))):
        age = draw(st.one_of(st.integers(0, 3), st.integers(0, 4000), st.floats(0, 1e6)))
        x = draw(st.one_of(st.integers(0, 3), st.integers(0, 10**6)))
        rows.append((x, age * draw(st.sampled_from([0, 0.5, 1])) if x else 0, age))
        means.append(draw(st.one_of(st.floats(), st.floats(-100, 100))))
        later.append(draw(st.one_of(st.integers(0, 3), st.integers(0, 10**9))))
    return rows * draw(st.sampled_from([1, 20])), means, later


@settings(max_examples=60, phases=PHASES)
@given(case=hostile(), minimum=st.sampled_from([1, 50]), held_out=st.booleans())
def test_no_forecast_is_ever_negative_or_infinite_or_not_a_number(case, minimum, held_out):
    rows, means, later = case
    copies = len(rows) // max(len(means), 1)
    margins = Margins.from_customers(columns(rows)[0], np.array(means * copies, dtype=float))
    histories = Histories.from_customers(*columns(rows))
    holdout = Holdout.from_customers(histories, np.array(later * copies, dtype=float), 100) if held_out else None
    model = fit_best(histories, margins, holdout, min_repeat_buyers=minimum)
    forecast = model.predict(histories, margins)
    assert_sane(forecast)
    assert forecast.predicted_margin.shape == (len(rows), 2)
    if model.method is Method.COHORT_AVERAGE:
        assert model.reason not in (Reason.CONVERGED, Reason.BEATS_NAIVE)
