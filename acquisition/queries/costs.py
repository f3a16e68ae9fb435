"""Cost of acquiring customers, by channel and month."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import IntegerField, Q, Sum, Value

from acquisition.models import Channel, MonthWon, Spend, SpendKind
from acquisition.rules import Cost, add_costs
from core.money import MoneyField
from core.periods import add_months, month_start, months_between

Cells = dict[tuple[int | None, date], Cost]
NOTHING = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class MonthCost(Cost):
    """What a month cost and whom it won."""

    month: date


@dataclass(frozen=True, kw_only=True)
class ChannelCost(Cost):
    """What a channel cost over some months, and each of them. No channel: unknown where they came from."""

    channel: Channel | None
    months: list[MonthCost] = field(default_factory=list)


def cac_by_month(first: date, last: date) -> list[MonthCost]:
    """A row per month from the month of `first` to that of `last`, over all channels."""
    by_month: dict[date, list[Cost]] = defaultdict(list)
    for (_channel, month), cost in _cells(first, last).items():
        by_month[month].append(cost)
    return [_month(month, add_costs(by_month[month])) for month in months_between(first, last)]


def cac_by_channel(first: date, last: date) -> list[ChannelCost]:
    """A row per channel by name, over the months from `first` to `last`; the unknown channel comes last."""
    cells = _cells(first, last)
    months = list(months_between(first, last))
    channels: list[Channel | None] = list(Channel.objects.all())
    if any(channel is None for channel, _month in cells):
        channels.append(None)
    return [_channel(channel, months, cells) for channel in channels]


def _channel(channel: Channel | None, months: list[date], cells: Cells) -> ChannelCost:
    pk = None if channel is None else channel.pk
    rows = [_month(month, cells.get((pk, month), Cost())) for month in months]
    total = add_costs(rows)
    return ChannelCost(
        channel=channel,
        months=rows,
        advertising=total.advertising,
        spend=total.spend,
        new_customers=total.new_customers,
    )


def _month(month: date, cost: Cost) -> MonthCost:
    return MonthCost(month=month, advertising=cost.advertising, spend=cost.spend, new_customers=cost.new_customers)


def _cells(first: date, last: date) -> Cells:
    """Cost per channel and month, where there is any. One query."""
    start, end = month_start(first), add_months(last, 1)
    when = Q(month__gte=start, month__lt=end)
    no_money = Value(None, output_field=MoneyField())
    won = (
        MonthWon.objects.filter(when)
        .values_list("channel_id", "month")
        .annotate(count=Sum("customers"), advertising=no_money, spend=no_money)
    )
    paid = (
        Spend.objects.filter(when)
        .values_list("channel_id", "month")
        .annotate(
            count=Value(None, output_field=IntegerField()),
            advertising=Sum("amount", filter=Q(kind=SpendKind.ADVERTISING)),
            spend=Sum("amount"),
        )
    )
    cells: Cells = {}
    for channel, month, count, advertising, spend in won.order_by().union(paid.order_by(), all=True):
        told = Cost(advertising or NOTHING, spend or NOTHING, count or 0)
        known = cells.get((channel, month))
        cells[channel, month] = add_costs([known, told]) if known else told
    return cells
