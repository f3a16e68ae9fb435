"""Connections and their messages."""

import factory
from django.utils import timezone

from core.roles import Role
from platforms.models import Connection, InboundMessage, Signature
from platforms.rules.registry import default_statuses
from tests.factories.core import UserFactory

SECRET = "a-secret-that-nobody-guesses"


class ConnectionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Connection

    platform = "woocommerce"
    name = factory.Sequence(lambda n: f"Shop {n}")
    code = factory.Sequence(lambda n: f"shop-{n}")
    source = factory.Sequence(lambda n: f"shop{n}")
    secret = SECRET
    settings = factory.LazyAttribute(lambda made: {"statuses": dict(default_statuses(made.platform))})
    created_by = factory.SubFactory(UserFactory, role=Role.ADMINISTRATOR)


class InboundMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InboundMessage

    connection = factory.SubFactory(ConnectionFactory)
    received_at = factory.LazyFunction(timezone.now)
    topic = "order.updated"
    body = b'{"id": 1}'
    size = 9
    signature = Signature.VALID
    state = "failed"
    attempts = 1
