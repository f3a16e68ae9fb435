"""CAC by month and channel."""

from datetime import date
from decimal import Decimal

import pytest

from acquisition.actions import count_won
from acquisition.queries import cac_by_channel, cac_by_month
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory, SpendFactory

pytestmark = pytest.mark.django_db
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))


def won(channel, month, count):
    AcquisitionFactory.create_batch(count, channel=channel, won_on=month.replace(day=28))
    count_won()


@pytest.fixture
def two_channels():
    """By hand. Ads: January 30,000 + 10,000 salaries won 20, February 24,000 + 10,000 won 10.

    Search: 6,000 of salaries a month won 5 in January and nobody in February. One customer of January
    came from nowhere known.
    """
    ads, search = ChannelFactory(name="Ads"), ChannelFactory(name="Search")
    for month, advertising in ((JANUARY, 30_000), (FEBRUARY, 24_000)):
        SpendFactory(channel=ads, month=month, amount=advertising)
        SpendFactory(channel=ads, month=month, kind="salaries", amount=10_000)
        SpendFactory(channel=search, month=month, kind="salaries", amount=6_000)
    won(ads, JANUARY, 20)
    won(ads, FEBRUARY, 10)
    won(search, JANUARY, 5)
    won(None, JANUARY, 1)
    return ads, search


@pytest.mark.usefixtures("two_channels")
def test_a_month_divides_all_spend_by_all_new_customers():
    january, february, march = cac_by_month(JANUARY, MARCH)
    assert (january.spend, january.new_customers) == (Decimal(46_000), 26)
    # 30,000 ÷ 26 and 46,000 ÷ 26.
    assert (january.paid, january.fully_loaded) == (Decimal("1153.85"), Decimal("1769.23"))
    assert (february.paid, february.fully_loaded) == (Decimal(2400), Decimal(4000))
    assert (march.spend, march.new_customers, march.fully_loaded) == (0, 0, None)


def test_a_channel_divides_its_own(two_channels):
    ads, search, unknown = cac_by_channel(JANUARY, FEBRUARY)
    assert (ads.channel, search.channel, unknown.channel) == (*two_channels, None)
    # (30,000 + 24,000) ÷ 30 and (54,000 + 20,000) ÷ 30.
    assert (ads.paid, ads.fully_loaded) == (Decimal(1800), Decimal("2466.67"))
    assert [month.fully_loaded for month in ads.months] == [Decimal(2000), Decimal(3400)]
    assert (search.paid, search.fully_loaded) == (Decimal(0), Decimal(2400))
    assert [month.fully_loaded for month in search.months] == [Decimal(1200), None]
    assert (unknown.new_customers, unknown.spend) == (1, 0)


@pytest.mark.usefixtures("two_channels")
def test_the_months_add_up_to_the_channels():
    months, channels = cac_by_month(JANUARY, FEBRUARY), cac_by_channel(JANUARY, FEBRUARY)
    for name in ("advertising", "spend", "new_customers"):
        assert sum(getattr(row, name) for row in months) == sum(getattr(row, name) for row in channels)


def test_days_within_a_month_mean_the_month():
    won(ChannelFactory(), JANUARY, 2)
    (january,) = cac_by_month(date(2026, 1, 17), date(2026, 1, 20))
    assert january.new_customers == 2


def test_an_empty_base_has_months_without_a_cost():
    assert [row.paid for row in cac_by_month(JANUARY, MARCH)] == [None, None, None]
    assert cac_by_channel(JANUARY, MARCH) == []


def test_the_number_of_queries_does_not_grow(django_assert_num_queries, two_channels):
    won(ChannelFactory(), FEBRUARY, 3)
    with django_assert_num_queries(2):
        cac_by_channel(date(2025, 1, 1), MARCH)
    with django_assert_num_queries(1):
        cac_by_month(date(2025, 1, 1), MARCH)
