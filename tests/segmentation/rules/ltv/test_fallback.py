import numpy as np
import pytest

from segmentation.rules.ltv.codes import TimeUnit
from segmentation.rules.ltv.fallback import CohortRates
from segmentation.rules.ltv.statistics import Histories

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def orders(rates, age, horizon):
    return rates.orders_while_alive(np.zeros(1), np.array([float(age)]), [horizon])[0, 0]


def test_the_rate_is_repeat_orders_over_customer_time_of_the_cohort():
    young = [(1, 10, 50)] * 40
    old = [(8, 300, 400)] * 40
    rates = CohortRates.of(Histories.from_customers(*zip(*(young + old), strict=True)))
    assert orders(rates, 50, 100) == pytest.approx(100 * 1 / 50)
    assert orders(rates, 400, 100) == pytest.approx(100 * 8 / 400)


def test_a_cohort_with_few_customers_has_the_rate_of_the_base():
    rates = CohortRates.of(Histories.from_customers([1] * 40 + [90], [10] * 41, [100] * 40 + [900]))
    assert orders(rates, 900, 1) == pytest.approx((40 + 90) / (4000 + 900))
    assert orders(rates, 5000, 1) == orders(rates, 900, 1)


def test_the_unit_of_time_does_not_matter():
    rows = [(1, 10, 50)] * 40
    weekly = CohortRates.of(Histories.from_customers(*zip(*rows, strict=True), TimeUnit.WEEK))
    assert orders(weekly, 50 / 7, 52) == pytest.approx(52 * 7 / 50)


@pytest.mark.parametrize(
    "rows", [[], [(0, 0, 0)] * 40, [(0, 0, 10)] * 40, [(10**6, 1, 1)] * 40, [(3, 0, 0)] * 40, [(1, 1, 1e6)]]
)
def test_odd_bases_have_a_finite_rate_of_at_most_one_a_day(rows):
    columns = zip(*rows, strict=True) if rows else ([], [], [])
    rates = CohortRates.of(Histories.from_customers(*columns))
    assert np.isfinite(rates.rates).all()
    assert (rates.rates >= 0).all()
    assert (rates.rates <= 1).all()
