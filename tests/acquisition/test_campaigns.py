"""Campaigns, and spend by day and campaign."""

from datetime import date
from decimal import Decimal

import pytest

from acquisition.actions import (
    SpendRow,
    clear_spend,
    copy_spend,
    record_spend,
    save_campaign,
    save_channel,
    set_retention_spend,
    set_spend,
)
from acquisition.models import Acquisition, Campaign, Inquiry, MonthWon, RetentionSpend, Spend
from acquisition.queries import month_grid, parts_of, unknown_campaigns, unknown_codes
from acquisition.rules.codes import code_parts, told_code
from core.errors import InvalidInput
from core.roles import Role
from tests.factories.acquisition import AcquisitionFactory, CampaignFactory, ChannelFactory, SpendFactory
from tests.factories.core import UserFactory

pytestmark = pytest.mark.django_db
MONTH, DAY = date(2026, 11, 1), date(2026, 11, 5)


@pytest.fixture
def ads():
    return ChannelFactory(code="ads", name="Ads")


@pytest.fixture
def spring(ads):
    return CampaignFactory(channel=ads, code="spring", name="Spring")


@pytest.fixture
def marketer(client):
    client.force_login(UserFactory(role=Role.MARKETER, language="en"))
    return client


@pytest.mark.parametrize(
    ("told", "parts"),
    [("Ads/Spring", ("ads", "spring")), (" ads ", ("ads", "")), ("", ("", "")), ("a/b/c", ("a", "b/c"))],
)
def test_a_told_code_has_two_parts(told, parts):
    assert code_parts(told) == parts


def test_what_no_campaign_can_be_called_is_left_out_of_the_code():
    assert told_code("Ads", "Spring_1") == "ads/spring_1"
    assert told_code("ads", "весна") == told_code("ads", "") == "ads"
    assert told_code("", "spring") == ""


def test_a_campaign_is_made_once_and_then_changed(ads):
    made, fate = save_campaign(channel=ads, code="Spring", name="Spring")
    assert (made.code, fate) == ("spring", "created")
    assert save_campaign(channel=ads, code="spring", name="Spring")[1] == "unchanged"
    assert save_campaign(channel=ads, code="spring", name="April", starts_on=MONTH)[1] == "updated"
    assert Campaign.objects.get().name == "April"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "два слова"}, "code"),
        ({"name": " "}, "name"),
        ({"starts_on": DAY, "ends_on": MONTH}, "ends_on"),
    ],
)
def test_a_campaign_that_cannot_be_is_refused_by_field(ads, change, field):
    with pytest.raises(InvalidInput) as refusal:
        save_campaign(channel=ads, **{"code": "spring", "name": "Spring"} | change)
    assert refusal.value.field == field


def test_a_new_campaign_gets_the_customers_who_named_it(ads):
    AcquisitionFactory(channel=ads, told_code="ads/spring")
    AcquisitionFactory(channel=ads, told_code="ads")
    assert [(row.code, row.customers) for row in unknown_campaigns(ads)] == [("spring", 1)]
    campaign, _fate = save_campaign(channel=ads, code="spring", name="Spring")
    assert Acquisition.objects.get(told_code="ads/spring").campaign == campaign
    assert MonthWon.objects.get(campaign=campaign).customers == 1
    assert unknown_campaigns(ads) == []


def test_a_new_channel_gets_those_who_named_it_with_a_campaign():
    AcquisitionFactory(channel=None, told_code="vk/lookalike")
    AcquisitionFactory(channel=None, told_code="vk")
    AcquisitionFactory(channel=None, told_code="vkontakte")
    assert [(row.code, row.customers) for row in unknown_codes()] == [("vk", 2), ("vkontakte", 1)]
    channel, _fate = save_channel(code="vk", name="VK", kind="paid")
    assert Acquisition.objects.filter(channel=channel).count() == 2
    assert not Inquiry.objects.exists()


def test_amounts_of_month_day_and_campaign_stand_side_by_side(ads, spring):
    cell = {"channel": ads, "month": MONTH, "kind": "advertising"}
    for parts in ({}, {"day": DAY}, {"campaign": spring}, {"campaign": spring, "day": DAY}):
        assert set_spend(**cell, **parts, amount=Decimal(10)) == "created"
        assert set_spend(**cell, **parts, amount=Decimal(10)) == "unchanged"
        assert set_spend(**cell, **parts, amount=Decimal(20)) == "updated"
    assert Spend.objects.count() == 4
    (row,) = month_grid(MONTH).rows
    assert (row.cells[0].amount, row.cells[0].parts, row.total) == (Decimal(20), Decimal(60), Decimal(80))
    assert len(parts_of(ads, MONTH)) == 3
    clear_spend(**cell, day=DAY)
    assert Spend.objects.count() == 3


@pytest.mark.parametrize(("change", "field"), [({"day": date(2026, 12, 1)}, "day"), ({"campaign_id": 0}, "campaign")])
def test_a_day_of_another_month_and_a_foreign_campaign_are_refused(ads, change, field):
    with pytest.raises(InvalidInput) as refusal:
        record_spend(rows=[SpendRow(ads.pk, MONTH, "tools", Decimal(1), **change)])
    assert refusal.value.field == field


def test_a_campaign_of_another_channel_is_refused(spring):
    with pytest.raises(InvalidInput):
        record_spend(rows=[SpendRow(ChannelFactory().pk, MONTH, "tools", Decimal(1), spring.pk)])


def test_copying_leaves_days_and_campaigns_behind(ads, spring):
    SpendFactory(channel=ads, month=date(2026, 10, 1), amount=5, campaign=spring)
    SpendFactory(channel=ads, month=date(2026, 10, 1), amount=7, kind="tools")
    assert copy_spend(source=date(2026, 10, 1), target=MONTH) == 1
    assert Spend.objects.get(month=MONTH).kind == "tools"


def test_spend_on_keeping_is_entered_and_taken_out():
    set_retention_spend(month=MONTH, kind="salaries", amount=Decimal(100))
    set_retention_spend(month=MONTH, kind="salaries", amount=Decimal(120))
    assert RetentionSpend.objects.get().amount == 120
    set_retention_spend(month=MONTH, kind="salaries", amount=None)
    assert not RetentionSpend.objects.exists()
    for bad in ({"kind": "bribes"}, {"month": DAY}, {"amount": Decimal(-1)}):
        with pytest.raises(InvalidInput):
            set_retention_spend(**{"month": MONTH, "kind": "tools", "amount": Decimal(1)} | bad)


def test_the_page_of_a_channel_s_month_takes_days_and_campaigns(marketer, ads, spring):
    address = f"/channels/{ads.pk}/spend/?month=2026-11"
    told = {"day": "2026-11-05", "campaign": spring.pk, "kind": "advertising", "amount": "1 200,50"}
    assert marketer.post(address, told).status_code == 302
    part = Spend.objects.get()
    assert (part.day, part.month, part.campaign, part.amount) == (DAY, MONTH, spring, Decimal("1200.50"))
    assert b"Spring" in marketer.get(address).content
    for bad in ({"day": "2026-12-05"}, {"day": "", "campaign": ""}, {"amount": "-1"}, {"campaign": 0}):
        assert marketer.post(address, told | bad).status_code == 200
    assert Spend.objects.count() == 1
    marketer.post(f"/spend/parts/{part.pk}/clear/")
    assert not Spend.objects.exists()


def test_campaigns_are_made_and_renamed_on_the_channel_s_page(marketer, ads):
    AcquisitionFactory(channel=ads, told_code="ads/spring")
    assert b"ads/spring" in marketer.get(f"/channels/{ads.pk}/").content
    marketer.post(f"/channels/{ads.pk}/campaigns/", {"code": "Spring", "name": "Spring"})
    campaign = Campaign.objects.get()
    assert marketer.post(f"/channels/{ads.pk}/campaigns/", {"code": "spring", "name": "Again"}).status_code == 422
    marketer.post(f"/channels/campaigns/{campaign.pk}/", {"name": "April", "starts_on": "2026-04-01"})
    campaign.refresh_from_db()
    assert (campaign.name, campaign.starts_on) == ("April", date(2026, 4, 1))


def test_what_keeping_costs_is_saved_from_the_page(marketer):
    marketer.post("/spend/retention/", {"month": "2026-11", "salaries": "90 000", "tools": ""})
    assert RetentionSpend.objects.get().amount == 90_000
    marketer.post("/spend/retention/", {"month": "2026-11", "salaries": "ten", "tools": "5"})
    assert RetentionSpend.objects.get().amount == 90_000
    assert marketer.post("/spend/retention/", {"month": "soon"}).status_code == 400
    assert b"90000" in marketer.get("/spend/?month=2026-11").content
