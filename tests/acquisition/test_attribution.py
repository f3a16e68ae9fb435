"""Which channel a customer is counted to."""

from datetime import UTC, date, datetime

import pytest

from acquisition.actions import attribute_customers, open_channel
from acquisition.models import Acquisition, MonthWon
from acquisition.queries import unknown_codes, won_without_code
from core.periods import company_day
from customers.models import OrderStatus
from tests.factories.acquisition import ChannelFactory
from tests.factories.customers import CustomerFactory, OrderFactory

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 6, 1)


def order(customer, day, **fields):
    moment = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
    if fields.get("status") in (OrderStatus.CANCELLED, OrderStatus.RETURNED):
        fields |= {"revenue": 0, "known_cost": 0}
    return OrderFactory(customer=customer, placed_at=moment, placed_on=company_day(moment), **fields)


def test_the_first_order_names_the_channel():
    seo, vk = ChannelFactory(code="seo"), ChannelFactory(code="vk")
    customer = CustomerFactory(channel_code="vk")
    order(customer, "2026-02-01", channel_code="vk")
    order(customer, "2026-01-05", channel_code="seo")
    assert attribute_customers(as_of=AS_OF) == 1
    won = Acquisition.objects.get()
    assert (won.channel, won.won_on, won.told_code) == (seo, date(2026, 1, 5), "seo")
    assert vk.acquisitions.count() == 0


def test_the_customer_s_channel_stands_in_where_the_order_names_none():
    seo = ChannelFactory(code="seo")
    order(CustomerFactory(channel_code=" SEO "), "2026-01-05", channel_code="")
    attribute_customers(as_of=AS_OF)
    assert Acquisition.objects.get().channel == seo


def test_an_unknown_code_leaves_the_channel_open_and_is_listed():
    for day in ("2026-01-05", "2026-03-07"):
        order(CustomerFactory(), day, channel_code="Avito")
    order(CustomerFactory(), "2026-01-05")
    attribute_customers(as_of=AS_OF)
    assert set(Acquisition.objects.values_list("channel", flat=True)) == {None}
    assert [(row.code, row.customers, row.first_on, row.last_on) for row in unknown_codes()] == [
        ("avito", 2, date(2026, 1, 5), date(2026, 3, 7))
    ]
    assert won_without_code() == 1


def test_making_the_channel_moves_the_customers_who_named_it():
    order(CustomerFactory(), "2026-01-05", channel_code="avito")
    attribute_customers(as_of=AS_OF)
    channel = open_channel(code="avito", name="Avito")
    assert Acquisition.objects.get().channel == channel
    assert MonthWon.objects.get().channel == channel
    assert attribute_customers(as_of=AS_OF) == 0


def test_a_cancelled_first_order_does_not_count():
    ChannelFactory(code="seo")
    vk = ChannelFactory(code="vk")
    customer = CustomerFactory()
    first = order(customer, "2026-01-05", channel_code="seo")
    order(customer, "2026-02-01", channel_code="vk")
    attribute_customers(as_of=AS_OF)
    first.status, first.revenue, first.known_cost = OrderStatus.CANCELLED, 0, 0
    first.save()
    assert attribute_customers(as_of=AS_OF) == 1
    won = Acquisition.objects.get()
    assert (won.channel, won.won_on) == (vk, date(2026, 2, 1))


def test_an_older_order_that_comes_late_moves_the_customer():
    seo = ChannelFactory(code="seo")
    customer = CustomerFactory()
    order(customer, "2026-02-01", channel_code="other")
    attribute_customers(as_of=AS_OF)
    order(customer, "2026-01-05", channel_code="seo")
    assert attribute_customers(as_of=AS_OF) == 1
    assert Acquisition.objects.get().channel == seo


def test_a_customer_whose_only_order_is_returned_was_not_won():
    only = order(CustomerFactory(), "2026-01-05")
    attribute_customers(as_of=AS_OF)
    only.status, only.revenue, only.known_cost = OrderStatus.RETURNED, 0, 0
    only.save()
    assert attribute_customers(as_of=AS_OF) == 1
    assert not Acquisition.objects.exists()
    assert not MonthWon.objects.exists()


def test_orders_after_the_day_are_not_looked_at():
    order(CustomerFactory(), "2026-01-05")
    order(CustomerFactory(), "2026-06-02")
    assert attribute_customers(as_of=AS_OF) == 1


def test_an_earlier_day_leaves_what_later_days_found():
    order(CustomerFactory(), "2026-05-05")
    attribute_customers(as_of=AS_OF)
    assert attribute_customers(as_of=date(2026, 4, 1)) == 0
    assert Acquisition.objects.count() == 1


def test_of_two_orders_of_one_moment_the_one_recorded_first_counts():
    seo = ChannelFactory(code="seo")
    customer = CustomerFactory()
    order(customer, "2026-01-05", channel_code="seo")
    order(customer, "2026-01-05", channel_code="vk")
    attribute_customers(as_of=AS_OF)
    assert Acquisition.objects.get().channel == seo


def test_nothing_changes_the_second_time():
    order(CustomerFactory(), "2026-01-05", channel_code="seo")
    order(CustomerFactory(), "2026-01-06")
    attribute_customers(as_of=AS_OF)
    assert attribute_customers(as_of=AS_OF) == 0
