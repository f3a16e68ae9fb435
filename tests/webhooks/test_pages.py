"""The administrator's pages of webhooks."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.roles import Role
from tests.factories.core import UserFactory
from tests.factories.webhooks import SECRET, DeliveryFactory, SubscriptionFactory
from webhooks.models import Subscription, WebhookDelivery

pytestmark = pytest.mark.django_db
FORM = {"name": "Shop", "url": "https://receiver.test/hook", "events": ["order.recorded", "nps.answered"]}


@pytest.fixture
def admin(client: Client):
    user = UserFactory(role=Role.ADMINISTRATOR, language="en")
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", [Role.FARMER, Role.HUNTER, Role.MARKETER, Role.MANAGER])
def test_nobody_else_opens_them(client, role):
    client.force_login(UserFactory(role=role))
    assert client.get(reverse("webhook_list")).status_code == 403
    assert client.post(reverse("webhook_new"), FORM).status_code == 403


def test_a_webhook_is_made_and_its_secret_shown_once(client, admin):
    made = client.post(reverse("webhook_new"), FORM)
    row = Subscription.objects.get()
    assert row.secrets[0].startswith("whsec_")
    assert row.secrets[0] in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    assert (row.kinds, row.created_by) == (["nps_answered", "order_placed"], admin)
    assert row.secrets[0] not in client.get(reverse("webhook", args=[row.pk])).content.decode()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://receiver.test/"}, "url"),
        ({"url": "https://u:p@receiver.test/"}, "url"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": ""}, "url"),
        ({"name": ""}, "name"),
        ({"events": []}, "events"),
        ({"events": ["everything"]}, "events"),
    ],
)
def test_what_cannot_be_told_is_refused_at_the_field(client, admin, wrong, field):
    answer = client.post(reverse("webhook_new"), FORM | wrong)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Subscription.objects.exists()


def test_a_webhook_is_changed_switched_off_and_given_a_new_secret(client, admin):
    row = SubscriptionFactory()
    client.post(reverse("webhook_edit", args=[row.pk]), FORM | {"with_contacts": "on", "events": ["consent.changed"]})
    client.post(reverse("webhook_switch", args=[row.pk]))
    rolled = client.post(reverse("webhook_roll", args=[row.pk]))
    row.refresh_from_db()
    assert (row.name, row.with_contacts, row.is_active) == ("Shop", True, False)
    assert row.kinds == ["consent_granted", "consent_withdrawn"]
    assert row.secrets[1] == SECRET
    assert row.secrets[0] in rolled.content.decode()
    assert SECRET not in rolled.content.decode()


def test_a_test_event_is_queued_shown_and_refused_while_switched_off(client, admin):
    row = SubscriptionFactory()
    page = client.post(reverse("webhook_test", args=[row.pk]), follow=True)
    assert "webhook.test" in page.content.decode()
    assert WebhookDelivery.objects.get().state == "due"
    Subscription.objects.update(is_active=False)
    assert client.post(reverse("webhook_test", args=[row.pk])).status_code == 409


def test_the_log_is_filtered_and_one_delivery_shows_what_the_receiver_said_harmlessly(client, admin):
    row = SubscriptionFactory()
    DeliveryFactory(subscription=row, state="delivered")
    bad = DeliveryFactory(
        subscription=row, state="given_up", response_code=500, response_excerpt="<script>alert(1)</script>"
    )
    listed = client.get(reverse("webhook", args=[row.pk]) + "?state=given_up")
    assert [each.pk for each, _type in listed.context["rows"]] == [bad.pk]
    assert client.get(reverse("webhook", args=[row.pk]) + "?state=nonsense").status_code == 200
    page = client.get(reverse("webhook_delivery", args=[bad.pk])).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_a_delivery_is_sent_again_but_not_while_it_is_being_sent(client, admin):
    row = DeliveryFactory(state="given_up", attempts=10)
    client.post(reverse("webhook_again", args=[row.pk]))
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("due", 0)
    WebhookDelivery.objects.update(state="sending")
    assert client.post(reverse("webhook_again", args=[row.pk])).status_code == 409


def test_the_list_takes_as_many_queries_for_many_as_for_one(client, admin, django_assert_num_queries):
    SubscriptionFactory()
    client.get(reverse("webhook_list"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("webhook_list"))
    for _more in range(3):
        DeliveryFactory()
    with django_assert_num_queries(len(one)):
        client.get(reverse("webhook_list"))
