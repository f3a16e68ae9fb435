"""Invitations and answers."""

from datetime import UTC, datetime

import factory

from nps import models
from tests.factories.customers import OrderFactory


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Invitation

    order = factory.SubFactory(OrderFactory)
    customer = factory.SelfAttribute("order.customer")
    created_at = datetime(2026, 3, 10, 9, tzinfo=UTC)


class ResponseFactory(factory.django.DjangoModelFactory):
    """A promoter's answer, written directly: no timeline, no task."""

    class Meta:
        model = models.Response

    invitation = factory.SubFactory(InvitationFactory)
    customer = factory.SelfAttribute("invitation.customer")
    score = 10
    answered_at = datetime(2026, 3, 11, 9, tzinfo=UTC)
