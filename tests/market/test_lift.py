"""The relative risk of leaving, against numbers computed by hand."""

import pytest

from market.rules.lift import lift_of


def test_twice_as_often_with_its_interval():
    lift = lift_of(exposed=40, exposed_left=20, others=100, others_left=25)
    # 20/40 ÷ 25/100 = 2; √(1/20 − 1/40 + 1/25 − 1/100) = √0.055 = 0.234521;
    # exp(±1.959964 × 0.234521) = 0.63150 and 1.58352.
    assert (lift.share, lift.share_of_others, lift.value) == (0.5, 0.25, 2.0)
    assert lift.low == pytest.approx(1.26301, abs=1e-5)
    assert lift.high == pytest.approx(3.16703, abs=1e-4)
    assert lift.is_more
    assert not lift.is_less
    assert not lift.is_too_few


def test_less_often_is_told_too():
    lift = lift_of(exposed=200, exposed_left=10, others=200, others_left=60)
    assert lift.value == pytest.approx(1 / 6)
    assert lift.is_less
    assert not lift.is_more


def test_an_interval_around_one_proves_nothing():
    lift = lift_of(exposed=50, exposed_left=11, others=50, others_left=10)
    assert not lift.is_more
    assert not lift.is_less


def test_fewer_than_thirty_on_a_side_are_too_few_however_clear_it_looks():
    assert lift_of(exposed=29, exposed_left=29, others=1000, others_left=10).is_too_few
    assert not lift_of(exposed=29, exposed_left=29, others=1000, others_left=10).is_more


@pytest.mark.parametrize(
    ("counts", "value"),
    [((0, 0, 10, 5), None), ((10, 5, 10, 0), None), ((40, 0, 40, 20), 0.0), ((5, 5, 0, 0), None)],
)
def test_empty_groups_have_no_interval(counts, value):
    lift = lift_of(exposed=counts[0], exposed_left=counts[1], others=counts[2], others_left=counts[3])
    assert (lift.value, lift.low, lift.high) == (value, None, None)


def test_more_leavers_than_people_are_refused():
    with pytest.raises(ValueError, match="more left"):
        lift_of(exposed=1, exposed_left=2, others=1, others_left=0)
