"""Unsubscribing: a question on the page, none from the mailbox's button."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from campaigns.actions import send_due
from campaigns.links import read_token, unsubscribe_token
from customers.models import Consent, TimelineEvent
from tests.factories.campaigns import NOON, DeliveryFactory, TemplateFactory, reachable
from touches.models import PressureLimit

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return reachable("anna@shop.test", "+79120000001")


@pytest.fixture
def address(customer):
    token = unsubscribe_token(customer_id=customer.pk, channel="email", delivery_id=7)
    return reverse("unsubscribe", args=[token])


@pytest.fixture
def strict_client():
    return Client(enforce_csrf_checks=True)


def withdrawn():
    return list(Consent.objects.filter(action="withdrawn").values_list("channel", flat=True))


def test_opening_the_link_asks_and_changes_nothing(client, address):
    response = client.get(address)
    assert response.status_code == 200
    assert "<form" in response.content.decode()
    assert client.head(address).status_code == 200
    assert withdrawn() == []


def test_confirming_withdraws_the_consent_once_and_notes_the_proof(strict_client, address, customer):
    for _ in range(2):
        assert strict_client.post(address).status_code == 200
    consent = Consent.objects.get(action="withdrawn")
    assert (consent.customer, consent.channel) == (customer, "email")
    assert consent.proof == "delivery 7; the page"
    assert TimelineEvent.objects.get(kind="consent_withdrawn").customer == customer


def test_the_mailboxs_one_click_does_it_at_once_without_cookies(strict_client, address):
    response = strict_client.post(address, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert "one click" in Consent.objects.get(action="withdrawn").proof


def test_a_link_of_an_sms_stops_sms_only(client, customer):
    token = unsubscribe_token(customer_id=customer.pk, channel="sms", delivery_id=7)
    client.post(reverse("unsubscribe", args=[token]))
    assert withdrawn() == ["phone"]


def test_messages_that_wait_are_held_back_afterwards(client, address, customer):
    PressureLimit.objects.all().delete()
    TemplateFactory()
    delivery = DeliveryFactory(customer=customer)
    client.post(address)
    send_due(now=max(NOON, Consent.objects.latest("at").at).replace(hour=9), sender="s")
    delivery.refresh_from_db()
    assert (delivery.state, delivery.held_back) == ("held_back", "no_consent")
    assert mail.outbox == []


def test_the_link_in_a_sent_letter_works(client, customer):
    PressureLimit.objects.all().delete()
    TemplateFactory()
    DeliveryFactory(customer=customer)
    send_due(now=NOON, sender="s")
    link = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    client.post("/u/" + link.split("/u/")[1])
    assert withdrawn() == ["email"]


@pytest.mark.parametrize("change", [lambda t: t[:-1] + "0x"[t[-1] == "0"], lambda t: "9" + t, lambda t: "nonsense"])
def test_a_link_that_is_not_ours_is_refused(client, address, change):
    token = change(address.strip("/").split("/")[-1])
    assert read_token(token) is None
    response = client.post(reverse("unsubscribe", args=[token]))
    assert response.status_code == 404
    assert withdrawn() == []


@pytest.mark.parametrize(("language", "word"), [("ru", "Отписаться"), ("en", "Unsubscribe"), ("", "Отписаться")])
def test_the_page_speaks_the_customers_language(client, language, word):
    customer = reachable(language=language)
    token = unsubscribe_token(customer_id=customer.pk, channel="email", delivery_id=1)
    assert word in client.get(reverse("unsubscribe", args=[token])).content.decode()


def test_a_customer_who_is_gone_makes_no_error(client):
    token = unsubscribe_token(customer_id=999_999, channel="email", delivery_id=1)
    assert client.post(reverse("unsubscribe", args=[token])).status_code == 200


@pytest.mark.parametrize(("company", "is_told"), [("Ferma", False), ("Zerno", True)])
def test_the_page_names_the_company_and_never_the_product(client, settings, address, company, is_told):
    settings.COMPANY_NAME = company
    page = client.get(address).content.decode()
    assert "Ferma" not in page
    assert ("Zerno" in page) == is_told
