import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.rules.ltv.codes import TimeUnit
from segmentation.rules.ltv.statistics import Histories, InvalidHistories

pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")

NUMBERS = st.one_of(st.integers(0, 5), st.integers(0, 10**6), st.floats(0, 10))


@st.composite
def customers(draw):
    rows = []
    for _ in range(draw(st.integers(0, 30))):
        age = draw(NUMBERS)
        x = draw(st.integers(0, 4))
        rows.append((x, age * draw(st.sampled_from([0, 0.5, 1])) if x else 0, age))
    return rows


@given(customers())
def test_expanding_gives_every_customer_back(rows):
    x, t_x, age = (np.array([row[i] for row in rows], dtype=float) for i in range(3))
    histories = Histories.from_customers(x, t_x, age)
    assert np.array_equal(histories.expand(histories.frequency), x)
    assert np.array_equal(histories.expand(histories.recency), t_x)
    assert np.array_equal(histories.expand(histories.age), age)


@given(customers())
def test_each_history_is_kept_once_with_its_customers(rows):
    x, t_x, age = (np.array([row[i] for row in rows], dtype=float) for i in range(3))
    histories = Histories.from_customers(x, t_x, age)
    assert len(histories.weight) == len(set(zip(x, t_x, age, strict=True)))
    assert np.array_equal(np.bincount(histories.inverse, minlength=0), histories.weight)
    assert histories.n_customers == len(rows)
    assert histories.n_repeat_buyers == (x > 0).sum()


def test_times_are_expressed_in_the_unit():
    histories = Histories.from_customers([1], [7], [14], TimeUnit.WEEK)
    assert (histories.recency[0], histories.age[0]) == (1.0, 2.0)


@pytest.mark.parametrize(
    ("x", "t_x", "age"),
    [
        ([1], [2], [1]),
        ([1], [-1], [1]),
        ([-1], [0], [1]),
        ([0.5], [0], [1]),
        ([0], [1], [2]),
        ([1], [np.nan], [1]),
        ([1], [1], [np.inf]),
        ([1], [1], [1e7]),
        ([np.nan], [1], [1]),
        ([1, 2], [1], [1]),
        ([[1]], [[1]], [[1]]),
    ],
)
def test_what_is_no_history_is_refused(x, t_x, age):
    with pytest.raises(InvalidHistories):
        Histories.from_customers(x, t_x, age)


def test_the_first_offender_is_named():
    with pytest.raises(InvalidHistories, match="position 1"):
        Histories.from_customers([1, 1, 1], [1, 5, 5], [2, 2, 2])
