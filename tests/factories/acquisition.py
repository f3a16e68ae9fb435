"""Channels, spend and won customers."""

from datetime import UTC, date, datetime

import factory

from acquisition import models
from core.periods import company_day
from tests.factories.customers import CustomerFactory


class ChannelFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Channel

    code = factory.Sequence(lambda n: f"channel_{n}")
    name = factory.Sequence(lambda n: f"Channel {n}")
    kind = models.ChannelKind.PAID


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Campaign

    channel = factory.SubFactory(ChannelFactory)
    code = factory.Sequence(lambda n: f"campaign_{n}")
    name = factory.Sequence(lambda n: f"Campaign {n}")


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


class InquiryFactory(factory.django.DjangoModelFactory):
    """A call that nobody took, at noon UTC of 2 March 2026, unless told otherwise."""

    class Meta:
        model = models.Inquiry

    source = "telephony"
    external_id = factory.Sequence(lambda n: f"call-{n}")
    kind = models.InquiryKind.CALL
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)
    happened_on = factory.LazyAttribute(lambda inquiry: company_day(inquiry.at))
    contact_captured = factory.LazyAttribute(lambda inquiry: bool(inquiry.customer or inquiry.phone or inquiry.email))
    customer = None
    phone = ""
    email = ""
