"""Customers, contacts, products and orders, written directly (no timeline, no stale marks)."""

from datetime import UTC, datetime

import factory

from core.periods import company_day
from customers import models


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Customer

    name = factory.Sequence(lambda n: f"Customer {n}")


class ContactPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.ContactPoint

    customer = factory.SubFactory(CustomerFactory)
    channel = models.ContactChannel.EMAIL
    value = factory.Sequence(lambda n: f"customer{n}@shop.test")


class ConsentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Consent

    customer = factory.SubFactory(CustomerFactory)
    channel = models.ContactChannel.EMAIL
    action = models.ConsentAction.GRANTED
    at = datetime(2024, 1, 1, tzinfo=UTC)
    source = "test"


class ProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.Product

    sku = factory.Sequence(lambda n: f"SKU-{n}")
    name = factory.Sequence(lambda n: f"Product {n}")


class OrderFactory(factory.django.DjangoModelFactory):
    """An order of 1,000 with a known cost of 600, unless told otherwise."""

    class Meta:
        model = models.Order

    customer = factory.SubFactory(CustomerFactory)
    source = "shop"
    external_id = factory.Sequence(lambda n: f"order-{n}")
    status = models.OrderStatus.FULFILLED
    placed_at = datetime(2026, 1, 15, 12, tzinfo=UTC)
    placed_on = factory.LazyAttribute(lambda order: company_day(order.placed_at))
    currency = "RUB"
    revenue = 1000
    known_cost = 600


def category_of(name: str) -> models.ProductCategory:
    """The category of this name, made if need be."""
    return models.ProductCategory.objects.get_or_create(name=name)[0]
