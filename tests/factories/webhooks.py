"""Subscriptions and deliveries."""

from datetime import UTC, datetime

import factory

from tests.factories.core import UserFactory
from webhooks import models
from webhooks.rules.events import facts_behind, kinds_of
from webhooks.rules.signing import secret_of

SECRET = secret_of(b"0123456789abcdef0123456789abcdef")


class SubscriptionFactory(factory.django.DjangoModelFactory):
    """Told of every order, unless told otherwise."""

    class Meta:
        model = models.Subscription

    name = factory.Sequence(lambda n: f"Program {n}")
    url = "https://receiver.test/hook"
    events = ["order.recorded", "order.changed"]
    kinds = factory.LazyAttribute(lambda row: kinds_of(row.events))
    facts = factory.LazyAttribute(lambda row: facts_behind(row.events))
    secrets = [SECRET]
    created_by = factory.SubFactory(UserFactory)


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.WebhookDelivery

    subscription = factory.SubFactory(SubscriptionFactory)
    kind = "order_placed"
    happened_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    facts = factory.LazyFunction(dict)
    next_at = datetime(2026, 11, 20, 12, tzinfo=UTC)
