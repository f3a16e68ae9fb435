import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules.ltv.beta_geometric import Params
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.likelihood import LikelihoodTable, log_likelihood
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.statistics import Histories

pytestmark = [
    pytest.mark.filterwarnings("error::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
]

both = pytest.mark.parametrize("model", [BG_NBD, MBG_NBD], ids=lambda model: model.method)
log_params = st.lists(st.floats(-9.2, 9.2), min_size=4, max_size=4)


@pytest.fixture(scope="module")
def histories():
    rng = np.random.default_rng(3)
    age = rng.integers(0, 900, 400).astype(float)
    x = np.minimum(rng.geometric(0.3, 400) - 1, age)
    x[:3], age[:3] = (900, 0, 1), (900, 0, 1)
    return Histories.from_customers(x, np.where(x > 0, np.floor(age * rng.random(400)), 0), age)


@both
@given(theta=log_params)
def test_the_table_sums_the_likelihood_of_the_customers(histories, model, theta):
    params = Params(*np.exp(theta))
    table = LikelihoodTable.of(histories, model.initial_dropout)
    total = histories.weight @ log_likelihood(params, histories, model.initial_dropout)
    assert table.value_and_gradient(params)[0] == pytest.approx(total, rel=1e-9)


@both
@given(theta=st.lists(st.floats(-3, 3), min_size=4, max_size=4))
def test_the_gradient_agrees_with_finite_differences(histories, model, theta):
    table = LikelihoodTable.of(histories, model.initial_dropout)
    params = np.exp(theta)
    step = 1e-5 * params
    numeric = [
        (table.value_and_gradient(Params(*(params + d)))[0] - table.value_and_gradient(Params(*(params - d)))[0])
        for d in np.diag(step)
    ] / (2 * step)
    exact = table.value_and_gradient(Params(*params))[1]
    assert exact * params == pytest.approx(numeric * params, rel=1e-5, abs=1e-3)


@both
@pytest.mark.parametrize("theta", [(0.2, 4, 0.8, 2.4), (0.5, 60, 0.9, 1.6), (3, 1, 0.01, 9), (20, 500, 30, 2)])
def test_each_customer_has_the_likelihood_that_lifetimes_gives(histories, model, theta):
    lifetimes = pytest.importorskip("lifetimes")
    oracle = {BG_NBD: lifetimes.BetaGeoFitter, MBG_NBD: lifetimes.ModifiedBetaGeoFitter}[model]
    columns = (histories.frequency, histories.recency, histories.age)
    theirs = [
        -oracle._negative_log_likelihood(np.log(theta), *map(np.atleast_1d, row), np.ones(1), 0.0)
        for row in zip(*columns, strict=True)
    ]
    assert model.log_likelihood(Params(*theta), histories) == pytest.approx(theirs, abs=1e-9, rel=1e-12)


@both
def test_the_fit_is_as_likely_as_that_of_lifetimes(model, simulate):
    lifetimes = pytest.importorskip("lifetimes")
    x, t_x, age, _ = simulate(2000, 0.5, 40, 0.9, 1.6, initial_dropout=True)
    oracle = {BG_NBD: lifetimes.BetaGeoFitter, MBG_NBD: lifetimes.ModifiedBetaGeoFitter}[model]()
    oracle.fit(x, t_x, age)
    histories = Histories.from_customers(x, t_x, age)
    theirs = histories.weight @ model.log_likelihood(Params(*oracle.params_), histories)
    assert model.fit(histories).log_likelihood / 2000 == pytest.approx(theirs / 2000, abs=1e-9)


@both
def test_simulated_customers_give_their_parameters_back(model, simulate):
    truth = Params(r=0.6, alpha=40.0, a=0.8, b=2.4)
    x, t_x, age, _ = simulate(60_000, 0.6, 40, 0.8, 2.4, initial_dropout=model.initial_dropout)
    fit = model.fit(Histories.from_customers(x, t_x, age))
    assert fit.usable
    found = [fit.params.r, fit.params.alpha, fit.params.a, fit.params.b]
    assert found == pytest.approx([truth.r, truth.alpha, truth.a, truth.b], rel=0.1)


@both
def test_a_fit_is_deterministic(model, histories):
    assert model.fit(histories) == model.fit(histories)
