"""Channels, spend and won customers."""

from datetime import date

import factory

from acquisition import models
from tests.factories.customers import CustomerFactory


class ChannelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Channel

    code = factory.Sequence(lambda n: f"channel_{n}")
    name = factory.Sequence(lambda n: f"Channel {n}")
    kind = models.ChannelKind.PAID


class SpendFactory(factory.django.DjangoModelFactory):
    """1,000 for advertising in January 2026, unless told otherwise."""

    class Meta:
        model = models.Spend

    channel = factory.SubFactory(ChannelFactory)
    month = date(2026, 1, 1)
    kind = models.SpendKind.ADVERTISING
    amount = 1000


class AcquisitionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Acquisition

    customer = factory.SubFactory(CustomerFactory)
    channel = factory.SubFactory(ChannelFactory)
    won_on = date(2026, 1, 15)
