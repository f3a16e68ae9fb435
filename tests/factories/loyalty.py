"""Offers and codes."""

from datetime import UTC, datetime
from decimal import Decimal

import factory

from loyalty import models
from tests.factories.customers import CustomerFactory


class OfferFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Offer

    name = factory.Sequence(lambda n: f"Offer {n}")
    percent = Decimal(10)


class PromoCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.PromoCode

    offer = factory.SubFactory(OfferFactory)
    customer = factory.SubFactory(CustomerFactory)
    code = factory.Sequence(lambda n: f"CODE{n}")
    issued_at = datetime(2026, 1, 1, tzinfo=UTC)
    expires_at = datetime(2026, 1, 31, 20, 59, tzinfo=UTC)
