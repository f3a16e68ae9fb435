"""The catalogue, the channels and what was spent on them."""

from decimal import Decimal

import numpy as np

from acquisition.models import Channel, Spend, SpendKind
from core.periods import add_months, month_start
from customers.models import Product, ProductCategory
from demo.rules.calendar import Calendar
from demo.rules.catalogue import CATEGORIES, ITEMS
from demo.rules.channels import SOURCES
from demo.rules.purchases import Traits
from demo.rules.spending import monthly_spend


def stock_catalogue() -> list[int]:
    """Write categories and products. Returns the products' ids in the catalogue's order."""
    groups = ProductCategory.objects.bulk_create(
        ProductCategory(
            name=category.name,
            margin_rate=None if category.margin_rate is None else Decimal(str(category.margin_rate)),
        )
        for category in CATEGORIES
    )
    products = Product.objects.bulk_create(
        Product(
            sku=item.sku,
            name=item.name,
            category=None if item.category is None else groups[item.category],
            price=Decimal(item.price),
            cost=None if item.cost is None else Decimal(item.cost),
        )
        for item in ITEMS
    )
    return [product.pk for product in products]


def open_channels(rng: np.random.Generator, calendar: Calendar, traits: Traits) -> None:
    """Write the channels, and for each month what they cost, so that CAC differs by channel."""
    channels = Channel.objects.bulk_create(
        Channel(code=source.code, name=source.name, kind=source.kind) for source in SOURCES
    )
    start = month_start(calendar.first)
    Spend.objects.bulk_create(
        Spend(
            channel=channels[row.source],
            month=add_months(start, row.month),
            kind=SpendKind(row.kind),
            amount=Decimal(row.amount),
        )
        for row in monthly_spend(rng, calendar, traits)
    )
