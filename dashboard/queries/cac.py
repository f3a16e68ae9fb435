"""What new customers cost, beside what they bring."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Count, Max, Sum

from acquisition.models import Acquisition, MonthWon
from acquisition.queries import ChannelCost, MonthCost, cac_by_channel, cac_by_month
from acquisition.rules import change, cost_per_customer, ratio
from core.models import Night
from core.periods import add_months

KEPT_SECONDS = 3600


@dataclass(frozen=True)
class Worth:
    """What won customers brought so far, and are expected to bring in all with the next 36 months.

    `customers` are those whom a night has seen; before the first one nothing is known.
    """

    customers: int
    realised: Decimal
    expected: Decimal

    @property
    def realised_each(self) -> Decimal | None:
        return cost_per_customer(self.realised, self.customers)

    @property
    def ltv(self) -> Decimal | None:
        return cost_per_customer(self.expected, self.customers)


NOTHING = Worth(0, Decimal(0), Decimal(0))


@dataclass(frozen=True)
class ChannelRow:
    """A channel's cost and worth over the period. Without a channel nobody knows the cost."""

    cost: ChannelCost
    worth: Worth

    @property
    def has_cost(self) -> bool:
        return self.cost.channel is not None

    @property
    def times(self) -> Decimal | None:
        """LTV:CAC, on the fully loaded cost."""
        return ratio(self.worth.ltv, self.cost.fully_loaded)


@dataclass(frozen=True)
class Headline:
    """A month with spend against the month before it."""

    month: MonthCost
    before: MonthCost
    paid_change: Decimal | None
    loaded_change: Decimal | None


@dataclass(frozen=True)
class CacReport:
    """All of the page. `headline` is none until some spend is entered."""

    headline: Headline | None
    months: list[MonthCost]
    channels: list[ChannelRow]
    worth: Worth
    times: Decimal | None


def cac_report(*, today: date, months: int) -> CacReport:
    """Costs and worth of customers won in the last `months` months, this one included."""
    first = add_months(today, 1 - months)
    # One month more, for the first to have one before it.
    rows = cac_by_month(add_months(first, -1), today)
    worth = worth_by_channel(first, today)
    channels = [
        ChannelRow(cost, worth.get(None if cost.channel is None else cost.channel.pk, NOTHING))
        for cost in cac_by_channel(first, today)
    ]
    whole = Worth(
        sum(row.customers for row in worth.values()),
        sum((row.realised for row in worth.values()), Decimal(0)),
        sum((row.expected for row in worth.values()), Decimal(0)),
    )
    spend = sum((row.spend for row in rows[1:]), Decimal(0))
    loaded = cost_per_customer(spend, sum(row.new_customers for row in rows[1:]))
    return CacReport(_headline(rows), rows[1:], channels, whole, ratio(whole.ltv, loaded))


def _headline(rows: list[MonthCost]) -> Headline | None:
    """The last month with spend: that of this month is often entered when it is over."""
    for before, month in zip(reversed(rows[:-1]), reversed(rows), strict=False):
        if month.spend:
            return Headline(
                month,
                before,
                change(month.paid, before.paid),
                change(month.fully_loaded, before.fully_loaded),
            )
    return None


def worth_by_channel(first: date, last: date) -> dict[int | None, Worth]:
    """By channel, the worth of customers won from the month of `first` to that of `last`.

    Reads every such customer, and is therefore kept until the next night or attribution.
    """
    counted = MonthWon.objects.aggregate(Max("pk"))["pk__max"]
    night = Night.objects.aggregate(Max("pk"))["pk__max"]
    key = f"worth-by-channel:{first:%Y-%m}:{last:%Y-%m}:{counted}:{night}"
    worth = cache.get(key)
    if worth is None:
        worth = _worth_by_channel(first, last)
        cache.set(key, worth, KEPT_SECONDS)
    return worth


def _worth_by_channel(first: date, last: date) -> dict[int | None, Worth]:
    rows = (
        Acquisition.objects.filter(won_on__gte=add_months(first, 0), won_on__lt=add_months(last, 1))
        .values_list("channel_id")
        .annotate(
            customers=Count("customer__standing"),
            realised=Sum("customer__standing__realised"),
            predicted=Sum("customer__standing__predicted_36"),
        )
        .order_by()
    )
    nothing = Decimal(0)
    return {
        channel: Worth(customers, realised or nothing, (realised or nothing) + (predicted or nothing))
        for channel, customers, realised, predicted in rows
    }
