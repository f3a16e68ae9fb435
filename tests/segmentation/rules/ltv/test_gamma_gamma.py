import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules.ltv.codes import Adjustment, MarginMethod, Reason
from segmentation.rules.ltv.gamma_gamma import (
    GammaGammaTable,
    InvalidMargins,
    Margins,
    fit_gamma_gamma,
)

pytestmark = [
    pytest.mark.filterwarnings("error::RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:.*:DeprecationWarning"),
]


def sample(n, p=6.0, q=4.0, v=15.0, seed=5):
    rng = np.random.default_rng(seed)
    count = rng.geometric(0.4, n).astype(float)
    return count, rng.gamma(p * count, 1 / (count * rng.gamma(q, 1 / v, n)))


# Made once: making it anew for each example is what Hypothesis calls too slow.
TABLE = GammaGammaTable.of(*sample(200))


@given(theta=st.tuples(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2)))
def test_the_gradient_agrees_with_finite_differences(theta):
    table = TABLE
    params, h = np.exp(theta), 1e-6
    numeric = [
        (table.mean_and_gradient(params + d)[0] - table.mean_and_gradient(params - d)[0]) for d in np.diag(params * h)
    ] / (2 * h * params)
    exact = table.mean_and_gradient(params)[1]
    assert exact * params == pytest.approx(numeric * params, rel=1e-5, abs=1e-6)


def test_each_customer_has_the_likelihood_that_lifetimes_gives():
    lifetimes = pytest.importorskip("lifetimes")
    theta = np.array([2.0, 3.0, 9.0])
    for x, m in zip(*sample(50), strict=True):
        x, m = np.array([x]), np.array([m])
        theirs = -lifetimes.GammaGammaFitter._negative_log_likelihood(np.log(theta), x, m, np.ones(1), 0.0)
        assert GammaGammaTable.of(x, m).mean_and_gradient(theta)[0] == pytest.approx(theirs, abs=1e-9)


def test_simulated_margins_give_their_parameters_back():
    fit = fit_gamma_gamma(Margins.from_customers(*sample(40_000)))
    assert fit.method is MarginMethod.GAMMA_GAMMA
    assert [fit.params.p, fit.params.q, fit.params.v] == pytest.approx([6, 4, 15], rel=0.1)


def test_the_expected_margin_lies_between_the_customers_own_and_the_population():
    margins = Margins.from_customers(*sample(2000))
    fit = fit_gamma_gamma(margins)
    expected, flags = fit.expected(margins)
    population = fit.params.population_mean
    assert (expected >= np.minimum(margins.mean, population) - 1e-9).all()
    assert (expected <= np.maximum(margins.mean, population) + 1e-9).all()
    assert not flags.any()


def test_the_scale_of_money_does_not_matter():
    count, mean = sample(2000)
    in_units, in_minor = (fit_gamma_gamma(Margins.from_customers(count, mean * scale)).params for scale in (1, 1e6))
    assert (in_minor.p, in_minor.q) == pytest.approx((in_units.p, in_units.q), rel=1e-5)
    assert in_minor.v == pytest.approx(in_units.v * 1e6, rel=1e-5)


def test_who_has_no_repeat_order_is_expected_to_bring_the_population_mean():
    count, mean = sample(500)
    margins = Margins.from_customers(np.append(count, 0), np.append(mean, np.nan))
    fit = fit_gamma_gamma(margins)
    expected, flags = fit.expected(margins)
    assert expected[-1] == fit.params.population_mean
    assert flags[-1] == Adjustment.NO_REPEAT_MARGIN


@pytest.mark.parametrize("bad", [-5.0, 0.0, np.nan, np.inf, -np.inf, 1e300])
def test_a_margin_that_cannot_be_read_is_excluded_counted_and_labelled(bad):
    count, mean = sample(500)
    margins = Margins.from_customers(np.append(count, 3), np.append(mean, bad))
    fit = fit_gamma_gamma(margins)
    expected, flags = fit.expected(margins)
    assert (fit.n_customers, fit.n_excluded) == (500, 1)
    assert flags[-1] == Adjustment.NON_POSITIVE_MARGIN
    p, q = fit.params.p, fit.params.q
    own = 3 * p / (3 * p + q - 1)
    drawn = (1 - own) * fit.params.population_mean + own * bad
    assert expected[-1] == pytest.approx(max(drawn, 0) if abs(bad) < 1e15 else fit.params.population_mean)


def test_who_only_brought_losses_is_drawn_down_but_never_below_nothing():
    count, mean = sample(500)
    margins = Margins.from_customers(np.append(count, [1, 50]), np.append(mean, [-10, -1000]))
    model = fit_gamma_gamma(margins)
    little, much = model.expected(margins)[0][-2:]
    assert 0 < little < model.params.population_mean
    assert much == 0


def test_one_wholesale_buyer_does_not_make_everybody_look_like_one():
    margins = Margins.from_customers([1] * 9 + [5, 0], [100.0] * 9 + [1e6, np.nan])
    model = fit_gamma_gamma(margins)
    assert model.method is MarginMethod.POOLED_MEAN
    # Nine orders of 100 and five that count with ten times the median.
    assert model.pooled_mean == pytest.approx((9 * 100 + 5 * 1000) / 14)
    expected, _flags = model.expected(margins)
    assert expected[-1] == model.pooled_mean
    assert expected[9] == pytest.approx((2 * model.pooled_mean + 5e6) / 7)


@pytest.mark.parametrize(
    ("mean", "reason"),
    [
        (np.full(60, 100.0), Reason.EQUAL_MARGINS),
        (np.full(60, -100.0), Reason.TOO_FEW_REPEAT_BUYERS),
        (np.arange(1.0, 11), Reason.TOO_FEW_REPEAT_BUYERS),
        (np.zeros(0), Reason.TOO_FEW_REPEAT_BUYERS),
    ],
)
def test_degenerate_margins_lean_on_the_pooled_mean_with_a_reason(mean, reason):
    margins = Margins.from_customers(np.ones(len(mean)), mean)
    fit = fit_gamma_gamma(margins)
    assert (fit.method, fit.reason) == (MarginMethod.POOLED_MEAN, reason)
    # Each customer's single order against two of the pooled mean.
    assert fit.expected(margins)[0] == pytest.approx(np.maximum((2 * fit.pooled_mean + mean) / 3, 0))


def test_a_tail_without_a_mean_is_noticed():
    fit = fit_gamma_gamma(Margins.from_customers(*sample(5000, q=0.7)))
    assert fit.params.q < 1
    assert (fit.method, fit.reason) == (MarginMethod.POOLED_MEAN, Reason.INFINITE_MEAN_MARGIN)


@pytest.mark.parametrize(("count", "mean"), [([1], [1, 2]), ([-1], [1]), ([np.nan], [1]), ([[1]], [[1]])])
def test_what_are_no_margins_is_refused(count, mean):
    with pytest.raises(InvalidMargins):
        Margins.from_customers(count, mean)
