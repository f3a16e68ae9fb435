"""What is known of customers won, by channel, campaign and month: what the night wrote, and what was entered."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth

from acquisition.models import Campaign, Channel, ChannelWorth, Inquiry, MonthWon, Spend, SpendKind
from acquisition.rules.returns import MONTHS_EARLIER, Acquired
from core.money import from_minor
from core.periods import add_months
from dashboard.figures.kept import kept
from segmentation.models import BaseSnapshot, CohortCell, CohortDimension
from segmentation.queries.channel_worth import disputed_customers, worth_by_model

# Channel, campaign (none: told of no campaign), first day of the month.
Key = tuple[int | None, int | None, date]
Cells = dict[Key, Acquired]


@dataclass(frozen=True)
class Worth:
    """Customers whom a night has concluded about, and their money."""

    customers: int
    realised: Decimal
    predicted_12: Decimal
    predicted_36: Decimal


@dataclass(frozen=True)
class Kept:
    """What changes with the night only.

    `won` is none for the model in force: its counts are read as they stand. `margins`: by channel, campaign (none: of
    the whole channel) and month won, the margin by age in months, `sizes` their customers; both begin some months
    before the first, for what nobody of the period has lived through yet. `disputed`: by model and channel, the
    customers about whom the models differ. `as_of`: the day of the night that wrote it.
    """

    model: str
    won: dict[Key, int] | None
    worth: dict[Key, Worth]
    inquiries: dict[tuple[int | None, date], int]
    margins: dict[Key, dict[int, Decimal]]
    sizes: dict[Key, int] = field(default_factory=dict)
    disputed: dict[str, dict[int | None, int]] = field(default_factory=dict)
    as_of: date | None = None


def kept_of(first: date, last: date, model: str, *, is_in_force: bool) -> Kept:
    """Read once a night, and anew after customers were counted anew."""
    counted = MonthWon.objects.aggregate(Max("pk"))["pk__max"]
    return kept(
        f"acquired-2:{counted}:{first:%Y-%m}:{last:%Y-%m}:{model}", lambda: _read(first, last, model, is_in_force)
    )


def _read(first: date, last: date, model: str, is_in_force: bool) -> Kept:
    disputed = disputed_customers(add_months(first, 1), last)
    inquiries = _inquiries(first, last)
    if is_in_force:
        as_of = BaseSnapshot.objects.aggregate(last=Max("on"))["last"]
        margins, sizes = _margins(add_months(first, -MONTHS_EARLIER), last)
        return Kept(model, None, _worth(first, last), inquiries, margins, sizes, disputed, as_of)
    rows = worth_by_model(model, first, last)
    worth = {
        key: Worth(judged, from_minor(realised), from_minor(next_12), from_minor(next_36))
        for key, (_count, judged, realised, next_12, next_36) in rows.items()
    }
    return Kept(model, {key: row[0] for key, row in rows.items()}, worth, inquiries, {}, {}, disputed)


def cells_of(first: date, last: date, kept: Kept) -> Cells:
    """Everything together, by channel, campaign and month, where there is anything."""
    won = kept.won if kept.won is not None else _won(first, last)
    paid = _paid(first, last)
    inquiries: dict[Key, int] = {(channel, None, month): count for (channel, month), count in kept.inquiries.items()}
    nothing = (Decimal(0), Decimal(0))
    cells = {}
    for key in won.keys() | paid.keys() | kept.worth.keys() | inquiries.keys():
        advertising, spend = paid.get(key, nothing)
        worth = kept.worth.get(key, Worth(0, Decimal(0), Decimal(0), Decimal(0)))
        cells[key] = Acquired(
            advertising=advertising,
            spend=spend,
            is_known=key in paid,
            new_customers=won.get(key, 0),
            inquiries=inquiries.get(key),
            judged=worth.customers,
            realised=worth.realised,
            predicted_12=worth.predicted_12,
            predicted_36=worth.predicted_36,
        )
    return cells


def _won(first: date, last: date) -> dict[Key, int]:
    rows = MonthWon.objects.filter(month__gte=first, month__lte=last)
    return {(row.channel_id, row.campaign_id, row.month): row.customers for row in rows}


def _paid(first: date, last: date) -> dict[Key, tuple[Decimal, Decimal]]:
    """Advertising and everything."""
    rows = (
        Spend.objects.filter(month__gte=first, month__lte=last)
        .values_list("channel_id", "campaign_id", "month")
        .annotate(advertising=Sum("amount", filter=Q(kind=SpendKind.ADVERTISING)), spend=Sum("amount"))
        .order_by()
    )
    return {(row[0], row[1], row[2]): (row[3] or Decimal(0), row[4]) for row in rows}


def _worth(first: date, last: date) -> dict[Key, Worth]:
    rows = ChannelWorth.objects.filter(month__gte=first, month__lte=last)
    return {
        (row.channel_id, row.campaign_id, row.month): Worth(
            row.customers, row.realised, row.predicted_12, row.predicted_36
        )
        for row in rows
    }


def _inquiries(first: date, last: date) -> dict[tuple[int | None, date], int]:
    rows = (
        Inquiry.objects.filter(happened_on__gte=first, happened_on__lt=add_months(last, 1), is_spam=False)
        .annotate(month=TruncMonth("happened_on"))
        .values_list("channel_id", "month")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return {(channel, month): count for channel, month, count in rows}


def _margins(first: date, last: date) -> tuple[dict[Key, dict[int, Decimal]], dict[Key, int]]:
    """Margins by age, and customers, by ids; the night keeps channels by code. At the age of 0 everybody bought."""
    channels: dict[str, int | None] = dict(Channel.objects.values_list("code", "pk"))
    campaigns = {str(pk): (channel, pk) for pk, channel in Campaign.objects.values_list("pk", "channel_id")}
    rows = CohortCell.objects.filter(
        dimension__in=(CohortDimension.CHANNEL, CohortDimension.CAMPAIGN), first_month__gte=first, first_month__lte=last
    ).values_list("dimension", "value", "first_month", "age", "margin", "customers")
    found: dict[Key, dict[int, Decimal]] = defaultdict(dict)
    sizes: dict[Key, int] = {}
    for dimension, value, month, age, margin, customers in rows:
        if dimension == CohortDimension.CAMPAIGN and value not in campaigns:
            continue
        whose = campaigns[value] if dimension == CohortDimension.CAMPAIGN else (channels.get(value), None)
        found[*whose, month][age] = margin
        if age == 0:
            sizes[*whose, month] = customers
    return dict(found), sizes
