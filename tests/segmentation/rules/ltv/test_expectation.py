import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import gammaln

from segmentation.rules.ltv.beta_geometric import Params
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.mixture import orders_while_alive
from segmentation.rules.ltv.statistics import Histories

pytestmark = [
    pytest.mark.filterwarnings("error::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
]

both = pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.method)
positive = st.floats(-9.2, 9.2).map(np.exp)


def series(a, b, events, step):
    """Sum over k of P(more than k orders but for drop-out) x P(surviving k of them)."""
    spread = np.sqrt(events * step * (1 + step))
    k = np.arange(int(events * step + 60 * (spread + step) + 500))
    survival = gammaln(b + k) - gammaln(b) - gammaln(a + b + k) + gammaln(a + b)
    return float(np.sum(stats.nbinom.sf(k, events, 1 / (1 + step)) * np.exp(survival)))


@pytest.mark.parametrize("a", [1e-3, 0.5, 0.999999, 1.0, 1.5, 40.0, 2000.0])
@pytest.mark.parametrize("b", [1e-3, 1.6, 300.0])
@pytest.mark.parametrize("events", [0.01, 3.4, 500.0])
@pytest.mark.parametrize("step", [1e-6, 0.3, 50.0])
def test_quadrature_equals_the_series(a, b, events, step):
    found = orders_while_alive(a, np.array([b]), np.array([events]), np.array([[step]]))[0, 0]
    assert found == pytest.approx(series(a, b, events, step), rel=1e-9)


def test_one_call_for_many_customers_equals_one_call_for_each():
    b, events = np.array([0.5, 2.0, 90.0, 4000.0]), np.array([0.2, 2.2, 90.2, 4000.2])
    steps = np.outer([0.1, 3.0, 0.5, 8.0], [0.5, 1, 2])
    alone = [orders_while_alive(0.8, b[i : i + 1], events[i : i + 1], steps[i : i + 1])[0] for i in range(4)]
    assert orders_while_alive(0.8, b, events, steps) == pytest.approx(np.array(alone), rel=1e-9)


@both
@pytest.mark.parametrize("horizon", [1.0, 39.0, 150.0])
def test_expected_orders_and_probability_alive_equal_those_of_lifetimes(cdnow, model, horizon):
    lifetimes = pytest.importorskip("lifetimes")
    oracle = {BG_NBD: lifetimes.BetaGeoFitter, MBG_NBD: lifetimes.ModifiedBetaGeoFitter}[model]()
    histories = cdnow.weekly
    params = model.fit(histories).params
    oracle.params_ = {"r": params.r, "alpha": params.alpha, "a": params.a, "b": params.b}
    columns = (histories.frequency, histories.recency, histories.age)
    theirs = oracle.conditional_expected_number_of_purchases_up_to_time(horizon, *columns)
    assert model.expected_orders(params, histories, [horizon])[:, 0] == pytest.approx(theirs, rel=1e-9)
    alive = oracle.conditional_probability_alive(*columns)
    assert model.probability_alive(params, histories) == pytest.approx(alive, rel=1e-12)
    new = oracle.expected_number_of_purchases_up_to_time(horizon)
    assert model.expected_orders_of_new(params, [horizon])[0] == pytest.approx(new, rel=1e-9)


@both
@settings(max_examples=200)
@given(
    params=st.builds(Params, positive, st.floats(-9, 16).map(np.exp), positive, positive),
    x=st.one_of(st.integers(0, 50), st.integers(0, 10**6)),
    age=st.one_of(st.just(0.0), st.floats(0, 1e5), st.floats(0, 1e6)),
    share=st.floats(0, 1),
)
@example(Params(1e-4, 1e-4, 1e-4, 1e-4), 10**6, 1e6, 1.0)
@example(Params(1e4, 1e-4, 1e4, 1e-4), 10**6, 0.0, 0.0)
@example(Params(1e4, 1e-4, 1e-4, 1e4), 0, 0.0, 0.0)
def test_whatever_the_parameters_expectations_are_sane(model, params, x, age, share):
    one = Histories.from_customers([x], [age * share if x else 0], [age])
    horizons = np.array([0.0, 1, 30, 365, 1096])
    expected = model.expected_orders(params, one, horizons)[0]
    unending = (params.r + x) / (params.alpha + age) * horizons
    alive = model.probability_alive(params, one)[0]
    assert np.isfinite(expected).all()
    assert (expected >= 0).all()
    assert (np.diff(expected) >= -1e-9 * expected[1:]).all()
    assert (expected <= unending * (1 + 1e-9)).all()
    assert 0 <= alive <= 1


def test_one_order_is_certainly_alive_under_bg_nbd_and_not_under_mbg_nbd():
    one = Histories.from_customers([0], [0], [300])
    params = Params(0.5, 40, 0.9, 1.6)
    assert BG_NBD.probability_alive(params, one)[0] == 1
    assert MBG_NBD.probability_alive(params, one)[0] < 0.5
