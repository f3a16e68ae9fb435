"""Attribution by inquiries, visits and the rule in force."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from acquisition.actions import attribute_customers, follow_touches, save_rule
from acquisition.models import Acquisition, AttributionRule, CustomerAttribution, MonthWon
from acquisition.queries import rule_in_force
from core.errors import InvalidInput
from core.periods import company_day
from core.roles import Role
from customers.models import EventKind, TimelineEvent
from segmentation.queries.channel_worth import disputed_customers, worth_by_model
from tests.factories.acquisition import CampaignFactory, ChannelFactory, InquiryFactory
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 1)
FIRST = datetime(2026, 5, 20, 9, tzinfo=UTC)


@pytest.fixture
def channels():
    return {code: ChannelFactory(code=code) for code in ("ads", "seo", "vk", "fair")}


def order(customer, at=FIRST, **fields):
    return OrderFactory(customer=customer, placed_at=at, placed_on=company_day(at), **fields)


def inquiry(customer, days_before, code, **fields):
    at = FIRST - timedelta(days=days_before)
    return InquiryFactory(customer=customer, at=at, happened_on=company_day(at), channel_code=code, **fields)


def visit(customer, days_before, query):
    TimelineEvent.objects.create(
        customer=customer,
        kind=EventKind.PAGE_VIEWED,
        at=FIRST - timedelta(days=days_before),
        data={"url": f"https://shop.test/?{query}"},
    )


def told():
    return dict(CustomerAttribution.objects.values_list("model", "told_code"))


def test_each_model_counts_another_way(channels):
    customer = CustomerFactory()
    order(customer, channel_code="ads")
    visit(customer, 30, "utm_medium=cpc&utm_source=VK&utm_campaign=May")
    inquiry(customer, 20, "seo")
    attribute_customers(as_of=AS_OF)
    assert told() == {"order": "ads", "inquiry": "seo", "first_touch": "vk/may", "last_touch": "ads"}
    assert Acquisition.objects.get().channel == channels["ads"]


def test_the_inquiry_that_became_the_order_goes_before_a_later_one(channels):
    customer = CustomerFactory()
    first = order(customer)
    inquiry(customer, 200, "fair", order=first)
    inquiry(customer, 1, "seo")
    attribute_customers(as_of=AS_OF)
    assert told() == {"order": "", "inquiry": "fair", "first_touch": "fair", "last_touch": "seo"}


def test_what_is_too_old_spam_or_after_the_order_does_not_count(channels):
    customer = CustomerFactory()
    order(customer, channel_code="ads")
    inquiry(customer, 91, "seo")
    inquiry(customer, 5, "vk", is_spam=True)
    inquiry(customer, -1, "fair")
    attribute_customers(as_of=AS_OF)
    assert not CustomerAttribution.objects.exists()


def test_the_card_s_channel_is_the_first_touch(channels):
    order(CustomerFactory(channel_code="fair"), channel_code="ads")
    attribute_customers(as_of=AS_OF)
    assert told()["first_touch"] in ("fair", "ads")
    assert told()["order"] == told()["inquiry"] == "ads"


def test_a_channel_without_the_campaign_is_no_other_way(channels):
    campaign = CampaignFactory(channel=channels["ads"], code="spring")
    customer = CustomerFactory(channel_code="ads")
    order(customer, channel_code="ads/spring")
    inquiry(customer, 3, "ads")
    attribute_customers(as_of=AS_OF)
    won = Acquisition.objects.get()
    assert (won.channel, won.campaign) == (channels["ads"], campaign)
    assert not CustomerAttribution.objects.exists()


def test_the_rule_moves_all_customers_at_once_and_back(channels):
    customer = CustomerFactory()
    order(customer, channel_code="ads")
    inquiry(customer, 20, "seo")
    attribute_customers(as_of=AS_OF)
    assert save_rule(model="inquiry", lookback_days=90, as_of=AS_OF) == 1
    assert Acquisition.objects.get().channel == channels["seo"]
    assert MonthWon.objects.get().channel == channels["seo"]
    assert follow_touches(as_of=AS_OF) == 0
    assert save_rule(model="inquiry", lookback_days=10, as_of=AS_OF) == 1
    assert Acquisition.objects.get().channel == channels["ads"]
    assert save_rule(model="order", lookback_days=90, as_of=AS_OF) == 0


def test_an_order_that_changes_is_counted_by_the_rule_in_force(channels):
    customer = CustomerFactory()
    first = order(customer, channel_code="ads")
    inquiry(customer, 20, "seo")
    attribute_customers(as_of=AS_OF)
    save_rule(model="inquiry", lookback_days=90, as_of=AS_OF)
    first.channel_code = "vk"
    first.save()
    attribute_customers(as_of=AS_OF, customer_ids=[customer.pk])
    assert Acquisition.objects.get().channel == channels["seo"]
    assert told()["order"] == "vk"


def test_a_late_inquiry_is_found_by_the_night(channels):
    customer = CustomerFactory()
    order(customer, channel_code="ads")
    attribute_customers(as_of=AS_OF)
    save_rule(model="inquiry", lookback_days=90, as_of=AS_OF)
    inquiry(customer, 2, "vk")
    assert follow_touches(as_of=AS_OF) == 1
    assert follow_touches(as_of=AS_OF) == 0
    assert Acquisition.objects.get().channel == channels["vk"]


def test_customers_won_long_ago_stay_where_they_are(channels):
    customer = CustomerFactory()
    order(customer, channel_code="ads")
    attribute_customers(as_of=AS_OF)
    save_rule(model="inquiry", lookback_days=90, as_of=AS_OF)
    inquiry(customer, 2, "vk")
    assert follow_touches(as_of=date(2026, 9, 1)) == 0


def test_the_models_can_be_counted_side_by_side(channels):
    customer = CustomerFactory()
    order(customer, channel_code="ads")
    inquiry(customer, 20, "seo")
    order(CustomerFactory(), channel_code="ads")
    attribute_customers(as_of=AS_OF)
    may = date(2026, 5, 1)
    by_inquiry = {key[0]: row[0] for key, row in worth_by_model("inquiry", may, may).items()}
    assert by_inquiry == {channels["ads"].pk: 1, channels["seo"].pk: 1}
    assert disputed_customers(may, may)["inquiry"] == {channels["seo"].pk: 1}
    assert disputed_customers(may, may)["order"] == {channels["ads"].pk: 1}


@pytest.mark.parametrize("change", [{"model": "magic"}, {"lookback_days": 0}, {"lookback_days": 400}])
def test_a_rule_that_cannot_be_is_refused(change):
    with pytest.raises(InvalidInput):
        save_rule(**{"model": "order", "lookback_days": 90, "as_of": AS_OF} | change)
    assert not AttributionRule.objects.exists()
    assert rule_in_force().model == "order"


def test_the_rule_is_set_on_its_page(client: Client):
    client.force_login(UserFactory(role=Role.MARKETER, language="en"))
    assert client.get("/channels/attribution/").status_code == 200
    assert client.post("/channels/attribution/", {"model": "last_touch", "lookback_days": 30}).status_code == 302
    assert (rule_in_force().model, rule_in_force().lookback_days) == ("last_touch", 30)
    assert client.post("/channels/attribution/", {"model": "magic", "lookback_days": 0}).status_code == 200
