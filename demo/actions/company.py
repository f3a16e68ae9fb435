"""The catalogue, the channels and what was spent on them."""

from datetime import date
from decimal import Decimal

import numpy as np

from acquisition.models import Campaign, Channel, RetentionKind, RetentionSpend, Spend, SpendKind
from core.periods import add_months, month_start, months_between
from customers.models import Product, ProductCategory
from demo.rules.calendar import Calendar
from demo.rules.campaigns import CAMPAIGNS, shares
from demo.rules.catalogue import CATEGORIES, ITEMS
from demo.rules.channels import SOURCES
from demo.rules.purchases import Traits
from demo.rules.spending import INFLATION_A_MONTH, USUAL_CUSTOMERS, monthly_spend

# Roubles for a shop of the usual number of customers.
FARMERS_A_MONTH, TOOLS_A_MONTH = 90_000, 12_000


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
    campaigns = _open_campaigns(channels)
    start, last = month_start(calendar.first), month_start(calendar.last)
    rows: list[Spend] = []
    for row in monthly_spend(rng, calendar, traits):
        channel, month = channels[row.source], add_months(start, row.month)
        if row.kind != SpendKind.ADVERTISING:
            rows.append(Spend(channel=channel, month=month, kind=SpendKind(row.kind), amount=Decimal(row.amount)))
            continue
        for code, amount in shares(channel.code, month.month, row.amount):
            campaign = campaigns.get((channel.code, code))
            spend = Spend(channel=channel, campaign=campaign, month=month, kind=row.kind, amount=Decimal(amount))
            # The last month of campaigns is known day by day.
            rows += _by_days(spend, calendar.last) if month == last and campaign else [spend]
    Spend.objects.bulk_create(rows)
    _pay_farmers(calendar, len(traits))


def _open_campaigns(channels: list[Channel]) -> dict[tuple[str, str], Campaign]:
    by_code = {channel.code: channel for channel in channels}
    made = Campaign.objects.bulk_create(
        Campaign(channel=by_code[each.channel], code=each.code, name=each.name) for each in CAMPAIGNS
    )
    return {(each.channel.code, each.code): each for each in made}


def _by_days(spend: Spend, last: date) -> list[Spend]:
    """The same sum over the days of the month up to the last one."""
    each = (spend.amount / last.day).quantize(Decimal(1))
    days = [last.replace(day=day) for day in range(1, last.day + 1)]
    amounts = [each] * (last.day - 1)
    amounts.append(spend.amount - sum(amounts, Decimal(0)))
    of = {"channel": spend.channel, "campaign": spend.campaign, "month": spend.month, "kind": spend.kind}
    return [Spend(**of, day=day, amount=amount) for day, amount in zip(days, amounts, strict=True) if amount >= 0]


def _pay_farmers(calendar: Calendar, customers: int) -> None:
    """What looking after customers cost, a little dearer every month."""
    scale = max(1.0, customers / USUAL_CUSTOMERS)
    rows = []
    for number, month in enumerate(months_between(calendar.first, calendar.last)):
        for kind, amount in ((RetentionKind.SALARIES, FARMERS_A_MONTH), (RetentionKind.TOOLS, TOOLS_A_MONTH)):
            paid = round(amount * scale * INFLATION_A_MONTH**number / 100) * 100
            rows.append(RetentionSpend(month=month, kind=kind, amount=Decimal(paid)))
    RetentionSpend.objects.bulk_create(rows)
