"""The interval of the base value against simulated futures."""

import numpy as np
import pytest

from segmentation.rules.ltv import Histories, Margins, TimeUnit
from segmentation.rules.ltv.bg_nbd import BG_NBD
from segmentation.rules.ltv.codes import Reason
from segmentation.rules.ltv.gamma_gamma import GammaGammaParams, MarginModel, fit_gamma_gamma
from segmentation.rules.ltv.interval import MONTHS, NoInterval, Stratum, bounds, order_moments, spread
from segmentation.rules.ltv.likelihood import Params
from segmentation.rules.ltv.mbg_nbd import MBG_NBD
from segmentation.rules.ltv.predict import MONTH_DAYS, FittedOrders

R, ALPHA, A, B = 0.9, 9.0, 0.5, 2.0
P, Q, V = 4.0, 5.0, 40_000.0
YEAR = MONTHS * MONTH_DAYS / TimeUnit.WEEK
BASES, CUSTOMERS = 24, 350


def purchases(rng: np.random.Generator, age: float) -> tuple[int, float, int]:
    """Of one customer: repeat orders up to `age` (weeks), when the last of them was, and the orders of a year more."""
    rate, chance = rng.gamma(R) / ALPHA, rng.beta(A, B)
    times, now = [], 0.0
    while rng.random() > chance:
        now += rng.exponential(1 / rate)
        if now > age + YEAR:
            break
        times.append(now)
    past = [time for time in times if time <= age]
    return len(past), past[-1] if past else 0.0, len(times) - len(past)


def one_base(seed: int) -> tuple[Stratum, float]:
    """A base simulated by MBG/NBD and Gamma-Gamma, and the margin that its next year really brought."""
    rng = np.random.default_rng(seed)
    age = rng.uniform(10, 110, CUSTOMERS)
    counts, recency, after = np.array([purchases(rng, each) for each in age]).T
    nu = rng.gamma(Q, size=CUSTOMERS) / V
    mean = np.array(
        [rng.gamma(P * n, 1 / each) / n if n else 0.0 for n, each in zip(counts.astype(int), nu, strict=True)]
    )
    brought = sum(rng.gamma(P * n, 1 / each) for n, each in zip(after.astype(int), nu, strict=True) if n)
    histories = Histories.from_customers(counts, recency * 7, age * 7, TimeUnit.WEEK)
    everybody = np.ones(CUSTOMERS, dtype=bool)
    return Stratum(histories, Margins.from_customers(counts, mean), everybody, 1.0), float(brought)


def test_the_interval_holds_about_nine_futures_of_ten() -> None:
    held = 0
    for seed in range(BASES):
        base, brought = one_base(seed)
        fit, margin = MBG_NBD.fit(base.histories), fit_gamma_gamma(base.margins)
        assert fit.params is not None
        orders = FittedOrders(MBG_NBD, fit.params, TimeUnit.WEEK)
        expected = orders_of(orders, base) @ margin.expected(base.margins)[0]
        low, high = bounds(float(expected), spread(orders, margin, [base]).total)
        held += low <= brought <= high
    assert 0.75 <= held / BASES <= 0.98


def orders_of(orders: FittedOrders, base: Stratum) -> np.ndarray:
    return base.histories.expand(orders.model.expected_orders(orders.params, base.histories, [YEAR])[:, 0])


@pytest.mark.parametrize("model", [MBG_NBD, BG_NBD])
def test_the_moments_agree_with_the_forecast_and_with_simulation(model) -> None:
    params = Params(R, ALPHA, A, B)
    orders = FittedOrders(model, params, TimeUnit.WEEK)
    histories = Histories.from_customers([0, 3, 12], [0, 140, 300], [200, 200, 320], TimeUnit.WEEK)
    first, second = order_moments(orders, histories)
    assert first == pytest.approx(model.expected_orders(params, histories, [YEAR])[:, 0], rel=1e-6)
    rng, alive = np.random.default_rng(1), orders.probability_alive(histories)
    x, y = histories.frequency, histories.frequency + model.initial_dropout
    size = (200_000, 3)
    rate = rng.gamma(R + x, size=size) / (ALPHA + histories.age)
    drawn = np.minimum(rng.poisson(rate * YEAR), rng.geometric(rng.beta(A, B + y, size=size)))
    drawn = drawn * (rng.random(size) < alive)
    assert second == pytest.approx((drawn**2).mean(axis=0), rel=0.03)


def test_a_base_twice_as_large_is_surer() -> None:
    base, _brought = one_base(1)
    twice = Stratum(base.histories, base.margins, base.counted, 2.0)
    orders, margin = FittedOrders(MBG_NBD, Params(R, ALPHA, A, B), TimeUnit.WEEK), gamma_gamma(Q)
    one, two = spread(orders, margin, [base]), spread(orders, margin, [twice])
    assert two.chance == pytest.approx(one.chance / np.sqrt(2))
    assert two.parameters == pytest.approx(one.parameters / np.sqrt(2))
    assert spread(orders, margin, [base, base]).total == pytest.approx(two.total)


def gamma_gamma(q: float, reason: Reason = Reason.CONVERGED) -> MarginModel:
    return MarginModel(GammaGammaParams(P, q, V), 0.0, CUSTOMERS, 0, 1.0, reason)


@pytest.mark.parametrize(
    ("margin", "reason"),
    [
        (gamma_gamma(1.9), "infinite_variance"),
        (gamma_gamma(Q, Reason.TOO_FEW_REPEAT_BUYERS), "pooled_margin"),
    ],
)
def test_a_model_that_does_not_know_its_spread_says_so(margin: MarginModel, reason: str) -> None:
    base, _brought = one_base(1)
    with pytest.raises(NoInterval) as error:
        spread(FittedOrders(MBG_NBD, Params(R, ALPHA, A, B), TimeUnit.WEEK), margin, [base])
    assert error.value.reason == reason


def test_of_nobody_nothing_is_expected() -> None:
    base, _brought = one_base(1)
    nobody = Stratum(base.histories, base.margins, ~base.counted, 1.0)
    with pytest.raises(NoInterval, match="nothing_expected"):
        spread(FittedOrders(MBG_NBD, Params(R, ALPHA, A, B), TimeUnit.WEEK), gamma_gamma(Q), [nobody])


def test_the_bounds_lie_around_the_forecast_and_never_below_zero() -> None:
    low, high = bounds(1000.0, 0.1)
    assert 840 < low < 850 < 1000 < 1165 < high < 1175
    assert bounds(1000.0, 0.0) == (1000.0, 1000.0)
    assert bounds(1000.0, 5.0)[0] > 0
