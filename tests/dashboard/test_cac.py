"""The page that says what a new customer costs and brings."""

from datetime import date
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from acquisition.actions import count_won
from acquisition.models import AttributionModel, CustomerAttribution
from core.roles import Role
from dashboard.queries.cac import cac_report
from dashboard.views.cac_tables import channel_table, model_table
from segmentation.actions import measure_channels
from segmentation.models import CohortCell, Standing
from tests.factories.acquisition import (
    AcquisitionFactory,
    CampaignFactory,
    ChannelFactory,
    InquiryFactory,
    SpendFactory,
)
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 20)
OCTOBER, FEBRUARY, MARCH = date(2025, 10, 1), date(2026, 2, 1), date(2026, 3, 1)


def won(channel, day, count, *, realised=0, predicted=0, campaign=None):
    for _ in range(count):
        customer = AcquisitionFactory(channel=channel, campaign=campaign, won_on=day).customer
        Standing.objects.create(
            customer=customer,
            as_of=TODAY,
            lifecycle="active",
            lifecycle_since=day,
            expected_gap_days=30,
            realised=realised,
            predicted_12=predicted / 2,
            predicted_36=predicted,
        )
    count_won()
    measure_channels()


def cohort(channel, month, *margins):
    for age, margin in enumerate(margins):
        CohortCell.objects.create(
            dimension="channel",
            value=channel.code,
            first_month=month,
            age=age,
            customers=1,
            returned=0,
            orders=1,
            revenue=margin,
            margin=margin,
        )


def report(**asked):
    return cac_report(**{"today": TODAY, "first": OCTOBER, "last": MARCH} | asked)


@pytest.fixture
def ads():
    """By hand: February 6,000 won 3 (2,000 each), March 5,000 with 1,000 of tools won 2 (2,500 and 3,000)."""
    ads = ChannelFactory(code="ads", name="Ads")
    SpendFactory(channel=ads, month=FEBRUARY, amount=6000)
    SpendFactory(channel=ads, month=MARCH, amount=5000)
    SpendFactory(channel=ads, month=MARCH, kind="tools", amount=1000)
    won(ads, date(2026, 2, 3), 3, realised=3000, predicted=4200)
    won(ads, date(2026, 3, 3), 2, realised=500, predicted=1700)
    return ads


@pytest.fixture
def manager(client):
    client.force_login(UserFactory(role=Role.MANAGER, language="en"))
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        yield client


def test_the_headline_compares_the_last_month_with_the_one_before(ads):
    headline = report(today=date(2026, 4, 2)).headline
    assert (headline.now.paid, headline.now.loaded) == (Decimal(2500), Decimal(3000))
    assert headline.loaded_change == Decimal("0.5")


def test_a_month_that_has_only_begun_does_not_head_the_page(ads, client):
    """Salaries of all April are entered on its second day, and one customer has come."""
    SpendFactory(channel=ads, month=date(2026, 4, 1), kind="salaries", amount=90000)
    won(ads, date(2026, 4, 1), 1)
    found = report(today=date(2026, 4, 2), last=date(2026, 4, 1))
    assert found.headline.month == MARCH
    assert found.so_far(date(2026, 4, 1)).loaded == Decimal(90000)
    # Where no other month is asked for, it is better than nothing.
    april = date(2026, 4, 1)
    assert report(today=date(2026, 4, 2), first=april, last=april).headline.month == april
    client.force_login(UserFactory(role=Role.MANAGER, language="en"))
    with time_machine.travel("2026-04-02T12:00:00Z", tick=False):
        page = client.get(reverse("cac")).content.decode()
    assert "April up to today" in page
    assert "Nothing is entered for" not in page


def test_a_month_without_spend_yet_leaves_the_headline_to_the_one_before(ads):
    assert report(today=date(2026, 4, 2), last=date(2026, 4, 1)).headline.month == MARCH


def test_a_channel_is_told_by_what_it_cost_and_brought(ads):
    InquiryFactory.create_batch(3, channel=ads)
    InquiryFactory(channel=ads, is_spam=True)
    (line,) = report().channels
    sums = line.sums
    # 12,000 ÷ 5, 11,000 ÷ 5, 12,000 ÷ 3 inquiries.
    assert (sums.loaded, sums.paid, sums.per_inquiry) == (Decimal(2400), Decimal(2200), Decimal(4000))
    # (3 x 3,000 + 2 x 500) ÷ 5; with the forecast + (3 x 4,200 + 2 x 1,700) ÷ 5.
    assert (sums.realised_each, sums.ltv) == (Decimal(2000), Decimal(5200))
    assert sums.times == Decimal(5200) / Decimal(2400)
    # (10,000 - 12,000) ÷ 12,000; (10,000 + 8,000 - 12,000) ÷ 12,000.
    assert (sums.romi, sums.romi_12) == (Decimal(-2000) / 12_000, Decimal("0.5"))
    # October to January have nothing entered.
    assert line.unknown_months == 4


def test_payback_is_the_month_in_which_an_average_customer_has_brought_the_cac(ads):
    cohort(ads, FEBRUARY, 4000, 2000, 1800)
    cohort(ads, MARCH, 3000)
    (line,) = report().channels
    # 12,000 ÷ 5 = 2,400 each. March is not over: February alone tells, with 4,000 ÷ 3 in its first month.
    assert (line.payback, line.has_payback) == (None, True)
    # April: (4,000 + 3,000) ÷ 5 in the first month of life, 2,000 ÷ 3 in the second, is 2,066.
    # May: 1,400 + 2,000 ÷ 5, as those of March brought nothing in their second month, + 1,800 ÷ 3 is 2,400.
    april, may = (report(today=date(2026, month, 20)) for month in (4, 5))
    assert (april.whole.payback, may.whole.payback) == (None, 2)
    by_month = {line.month: line.payback for line in april.months}
    # 2,000 of 2,000 each by the month after that of the first order.
    assert (by_month[FEBRUARY], by_month[MARCH]) == (1, None)


def test_campaigns_stand_below_their_channel_and_are_in_it(ads):
    spring = CampaignFactory(channel=ads, name="Spring")
    SpendFactory(channel=ads, month=MARCH, amount=600, campaign=spring, day=date(2026, 3, 5))
    won(ads, date(2026, 3, 5), 2, campaign=spring)
    found = report()
    (line,) = found.campaigns[ads.pk]
    assert (line.sums.loaded, line.sums.new_customers) == (Decimal(300), 2)
    assert (found.whole.sums.spend, found.whole.sums.new_customers) == (Decimal(12_600), 7)


def test_unknown_spend_has_no_cost(ads):
    won(None, date(2026, 3, 3), 1, realised=100)
    ads_line, unknown = report().channels
    assert (unknown.channel, unknown.sums.loaded, unknown.sums.romi) == (None, None, None)
    assert unknown.sums.new_customers == 1
    assert not unknown.has_payback
    assert ads_line.sums.is_known


def test_another_model_counts_customers_elsewhere(ads):
    seo = ChannelFactory(code="seo", name="Seo")
    customer = AcquisitionFactory(channel=ads, told_code="ads", won_on=date(2026, 3, 9)).customer
    for model, code in (("order", "ads"), ("inquiry", "seo"), ("first_touch", "ads"), ("last_touch", "ads")):
        CustomerAttribution.objects.create(customer=customer, model=model, told_code=code)
    for each in ads.acquisitions.all():
        each.told_code = "ads"
        each.save()
    count_won()
    found = {line.channel: line.sums.new_customers for line in report(model="inquiry").channels}
    assert found == {ads: 5, seo: 1}
    told = {line.channel: line.by_model for line in report().models}
    assert (told[ads]["order"][0], told[ads]["inquiry"][0], told[seo]["inquiry"][0]) == (6, 5, 1)
    # 12,000 ÷ 6 and ÷ 5.
    assert (told[ads]["order"][1], told[ads]["inquiry"][1]) == (Decimal(2000), Decimal(2400))
    assert told == {line.channel: line.by_model for line in report(model="inquiry").models}


def test_the_page_answers_first_and_links_to_the_customers(manager, ads):
    page = manager.get("/cac/").content.decode()
    assert "₽3,000" in page
    assert "won_on" in page
    assert "2026-02-28" in page
    assert "%22ads%22" in page


def test_filters_are_in_the_address_and_nonsense_counts_as_not_asked(manager, ads):
    page = manager.get("/cac/", {"first": "2026-03", "last": "2026-03", "channel": "ads", "model": "last_touch"})
    assert [line.month for line in page.context["report"].months] == [MARCH]
    assert not page.context["report"].is_in_force
    assert manager.get("/cac/", {"first": "soon", "model": "magic", "measure": "<"}).status_code == 200


@pytest.mark.parametrize("table", ["channels", "months", "cac", "models"])
def test_every_table_is_a_file(manager, ads, table):
    asked = {"table": f"acquisition-{table}", "format": "csv"}
    assert manager.get("/cac/", asked)["Content-Type"].startswith("text/csv")
    assert manager.get("/cac/", asked | {"format": "xlsx"}).status_code == 200


def test_an_empty_base_says_what_to_do(manager):
    assert b"No spend is entered yet" in manager.get("/cac/").content


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER])
def test_those_who_sell_do_not_see_costs(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get("/cac/").status_code == 403
    assert client.get("/old-new/").status_code == 403


def test_the_number_of_queries_does_not_grow(manager, ads, django_assert_max_num_queries):
    for _ in range(5):
        SpendFactory(month=date(2026, 1, 1), campaign=CampaignFactory(channel=ads), channel=ads)
    manager.get("/cac/")
    with django_assert_max_num_queries(11):
        manager.get("/cac/")


def test_each_figure_opens_what_is_behind_it(manager, ads):
    InquiryFactory.create_batch(2, channel=ads)
    InquiryFactory(channel=ads, is_spam=True)
    cohort(ads, FEBRUARY, 4000, 2000)
    table = channel_table(report(), sees_inquiries=True)
    (row,) = table.rows
    opens = {column.key: cell.url for column, cell in zip(table.columns, row, strict=True)}
    assert all(opens.values()), opens
    asked = dict(parse_qsl(urlsplit(opens["inquiries"]).query))
    assert asked == {"first": "2025-10-01", "last": "2026-03-31", "state": "not_spam", "channel": "ads"}
    assert manager.get(opens["inquiries"]).context["counts"].every == 2
    assert len(manager.get(opens["new"]).context["rows"]) == 5
    for key in ("spend", "payback"):
        assert manager.get(opens[key]).status_code == 200
    blind = channel_table(report(), sees_inquiries=False)
    assert not blind.rows[0][[column.key for column in blind.columns].index("inquiries")].url


def test_a_campaign_pays_back_by_the_margin_of_its_own_customers(ads):
    spring = CampaignFactory(channel=ads, name="Spring")
    SpendFactory(channel=ads, month=FEBRUARY, amount=500, campaign=spring, day=date(2026, 2, 5))
    cohort(ads, FEBRUARY, 9000)
    assert report().campaigns[ads.pk][0].payback is None
    CohortCell.objects.create(
        dimension="campaign", value=str(spring.pk), first_month=FEBRUARY, age=0, customers=1, returned=0, orders=1,
        revenue=300, margin=300,
    )  # fmt: skip
    CohortCell.objects.create(
        dimension="campaign", value=str(spring.pk), first_month=FEBRUARY, age=1, customers=1, returned=1, orders=1,
        revenue=300, margin=200,
    )  # fmt: skip
    cache.clear()
    # 300 of 500 in the first month, 500 with the second, which is over in April.
    won(ads, date(2026, 2, 5), 1, campaign=spring)
    cache.clear()
    assert report().campaigns[ads.pk][0].payback is None
    assert report(today=date(2026, 4, 1)).campaigns[ads.pk][0].payback == 1


def test_customers_of_a_model_open_where_it_is_the_rule_in_force(ads):
    customer = ads.acquisitions.earliest("pk").customer
    for model in AttributionModel.values:
        told = "other" if model == AttributionModel.INQUIRY else "ads"
        CustomerAttribution.objects.create(customer=customer, model=model, told_code=told)
    table = model_table(report())
    row = dict(zip([column.key for column in table.columns], table.rows[0], strict=True))
    linked = {key.removesuffix("_customers") for key, cell in row.items() if cell.url and key.endswith("_customers")}
    assert linked == {report().in_force}
