"""The page that says what a new customer costs."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from acquisition.actions import count_won
from core.roles import Role
from dashboard.queries.cac import cac_report
from segmentation.models import Standing
from tests.factories.acquisition import AcquisitionFactory, ChannelFactory, SpendFactory
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)


def won(channel, day, count, *, realised=0, predicted=0):
    for _ in range(count):
        customer = AcquisitionFactory(channel=channel, won_on=day).customer
        Standing.objects.create(
            customer=customer,
            as_of=TODAY,
            lifecycle="active",
            lifecycle_since=day,
            expected_gap_days=30,
            realised=realised,
            predicted_36=predicted,
        )
    count_won()


@pytest.fixture
def ads():
    """By hand: February 6,000 won 3 (2,000 each), March 5,000 with 1,000 of tools won 2 (2,500 and 3,000)."""
    ads = ChannelFactory(code="ads", name="Ads")
    SpendFactory(channel=ads, month=date(2026, 2, 1), amount=6000)
    SpendFactory(channel=ads, month=date(2026, 3, 1), amount=5000)
    SpendFactory(channel=ads, month=date(2026, 3, 1), kind="tools", amount=1000)
    won(ads, date(2026, 2, 3), 3, realised=3000, predicted=4200)
    won(ads, date(2026, 3, 3), 2, realised=500, predicted=1700)
    return ads


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=Role.MANAGER, language="en"))
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        yield client


def test_the_headline_compares_this_month_with_the_one_before(ads):
    headline = cac_report(today=TODAY, months=6).headline
    assert (headline.month.paid, headline.month.fully_loaded) == (Decimal(2500), Decimal(3000))
    assert (headline.paid_change, headline.loaded_change) == (Decimal("0.25"), Decimal("0.5"))


def test_a_month_without_spend_yet_leaves_the_headline_to_the_one_before(ads):
    assert cac_report(today=date(2026, 4, 2), months=6).headline.month.month == date(2026, 3, 1)


def test_worth_is_what_they_brought_and_will_bring(ads):
    (row,) = cac_report(today=TODAY, months=6).channels
    # (3 x 3,000 + 2 x 500) ÷ 5; with the forecast + (3 x 4,200 + 2 x 1,700) ÷ 5.
    assert (row.worth.realised_each, row.worth.ltv) == (Decimal(2000), Decimal(5200))
    # 12,000 for 5 customers is 2,400.
    assert row.times == Decimal(5200) / Decimal(2400)


def test_worth_follows_a_new_attribution_at_once(ads):
    cac_report(today=TODAY, months=6)
    won(ads, date(2026, 3, 4), 1)
    assert cac_report(today=TODAY, months=6).worth.customers == 6


def test_without_spend_there_is_no_headline_and_no_ratio():
    won(None, date(2026, 3, 3), 1, realised=100)
    report = cac_report(today=TODAY, months=6)
    assert (report.headline, report.times) == (None, None)
    assert not report.channels[0].has_cost


def test_the_page_answers_first_and_links_to_the_customers(manager, ads):
    page = manager.get("/cac/").content.decode()
    assert "₽3,000" in page
    assert 'href="/customers/?won_month=2026-03"' in page
    assert 'href="/customers/?channel=ads&amp;won_month=2026-02"' in page


def test_the_period_and_the_measure_are_in_the_address(manager, ads):
    page = manager.get("/cac/", {"months": "6", "measure": "paid"})
    assert (page.context["period"], page.context["measure"]) == (6, "paid")
    assert manager.get("/cac/", {"months": "9999", "measure": "<"}).context["period"] == 12


def test_an_empty_base_says_what_to_do(manager):
    assert b"No spend is entered yet" in manager.get("/cac/").content


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER])
def test_those_who_sell_do_not_see_costs(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/cac/").status_code == 403


def test_the_number_of_queries_does_not_grow(manager, ads, django_assert_max_num_queries):
    for _ in range(5):
        SpendFactory(month=date(2026, 1, 1))
    manager.get("/cac/")
    with django_assert_max_num_queries(11):
        manager.get("/cac/", {"months": 36})
