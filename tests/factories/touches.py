"""Touches, tasks, and customers with a standing."""

from datetime import UTC, date, datetime

import factory

from segmentation.models import Standing
from tests.factories.core import UserFactory
from tests.factories.customers import CustomerFactory
from touches import models


class TouchFactory(factory.django.DjangoModelFactory):
    """A talk on the phone, by a person."""

    class Meta:
        model = models.Touch

    customer = factory.SubFactory(CustomerFactory)
    by = factory.SubFactory(UserFactory)
    channel = models.TouchChannel.CALL
    outcome = models.Outcome.REACHED
    at = datetime(2026, 3, 1, 9, tzinfo=UTC)


class MessageTouchFactory(TouchFactory):
    """An e-mail of the machine."""

    by = None
    channel = models.TouchChannel.EMAIL
    outcome = models.Outcome.SENT


class TaskFactory(factory.django.DjangoModelFactory):
    """A task of the customer's owner, due on 16 March 2026."""

    class Meta:
        model = models.Task

    customer = factory.SubFactory(CustomerFactory)
    owner = factory.SelfAttribute("customer.owner")
    note = "Send the offer"
    due_on = date(2026, 3, 16)


class StandingFactory(factory.django.DjangoModelFactory):
    """An active customer of grade A with nothing at risk."""

    class Meta:
        model = Standing

    customer = factory.SubFactory(CustomerFactory)
    as_of = date(2026, 3, 16)
    grade = "A"
    lifecycle = "active"
    lifecycle_since = date(2026, 3, 16)
    expected_gap_days = 30.0
    realised = 0
