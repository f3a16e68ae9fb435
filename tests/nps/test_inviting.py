"""Asking after fulfilled orders."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from importlib import import_module
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from campaigns.models import Delivery, MessageTemplate
from campaigns.rules.liquid_text import check
from nps.actions import invite_fulfilled
from nps.models import Invitation
from tests.factories.customers import ContactPointFactory, CustomerFactory, OrderFactory
from tests.factories.nps import InvitationFactory

pytestmark = pytest.mark.django_db


def fulfilled(noon, *, days_ago=2, customer=None, **order):
    customer = customer or ContactPointFactory().customer
    return OrderFactory(customer=customer, fulfilled_at=noon - timedelta(days=days_ago), **order)


def test_a_fulfilled_order_is_asked_about_once_by_a_service_message(noon):
    order = fulfilled(noon, number="A-7")
    assert [invite_fulfilled(now=noon) for _tick in range(2)] == [1, 0]
    invitation = Invitation.objects.get()
    delivery = Delivery.objects.get()
    assert (invitation.order, invitation.customer) == (order, order.customer)
    assert (delivery.key, delivery.purpose, delivery.channel, delivery.template_code) == (
        f"nps:{invitation.pk}",
        "service",
        "email",
        "nps",
    )
    assert delivery.context["order_number"] == "A-7"
    assert "/n/" in delivery.context["nps_url"]


def test_the_link_of_the_message_opens_the_questions(noon, client):
    fulfilled(noon)
    invite_fulfilled(now=noon)
    link = urlsplit(Delivery.objects.get().context["nps_url"])
    with time_machine.travel(noon, tick=False):
        assert client.get(link.path).status_code == 200


@pytest.mark.parametrize("days_ago", [0.5, 15])
def test_too_fresh_and_too_old_orders_are_not_asked_about(noon, days_ago):
    fulfilled(noon, days_ago=days_ago)
    assert invite_fulfilled(now=noon) == 0


def test_returned_orders_and_customers_without_a_valid_email_are_not_asked(noon):
    fulfilled(noon, status="returned", revenue=0, known_cost=0)
    fulfilled(noon, customer=CustomerFactory())
    fulfilled(noon, customer=ContactPointFactory(status="bounced").customer)
    fulfilled(noon, customer=ContactPointFactory(channel="phone", value="+79120000001").customer)
    assert invite_fulfilled(now=noon) == 0


def test_of_several_orders_the_newest_is_asked_about(noon):
    customer = ContactPointFactory().customer
    fulfilled(noon, customer=customer, days_ago=9)
    newest = fulfilled(noon, customer=customer, days_ago=2)
    invite_fulfilled(now=noon)
    assert Invitation.objects.get().order == newest


def test_a_customer_is_asked_again_only_after_ninety_days(noon):
    customer = ContactPointFactory().customer
    InvitationFactory(order__customer=customer, created_at=noon - timedelta(days=89))
    fulfilled(noon, customer=customer)
    assert invite_fulfilled(now=noon) == 0
    assert invite_fulfilled(now=noon + timedelta(days=2)) == 1


def test_a_tick_takes_no_more_than_its_limit(noon):
    for _number in range(3):
        fulfilled(noon)
    assert [invite_fulfilled(now=noon, limit=2) for _tick in range(3)] == [2, 1, 0]


def test_the_message_exists_in_both_languages_and_can_be_composed():
    import_module("nps.migrations.0002_message").add_message(apps, None)
    templates = MessageTemplate.objects.filter(code="nps")
    assert {template.language for template in templates} == {"ru", "en"}
    for template in templates:
        check(template.body)
        check(template.subject)


@pytest.mark.django_db(transaction=True)
def test_ticks_at_once_ask_each_customer_once(noon):
    for _number in range(5):
        fulfilled(noon)

    def tick(_number):
        try:
            return invite_fulfilled(now=noon)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        invited = list(pool.map(tick, range(4)))
    assert sum(invited) == Invitation.objects.count() == Delivery.objects.count() == 5
