"""What was entered, and which channels orders name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    ExpressionWrapper,
    F,
    Func,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
)
from django.utils.functional import Promise

from acquisition.models import Acquisition, Campaign, Channel, RetentionKind, RetentionSpend, Spend, SpendKind

_IS_PART = ExpressionWrapper(Q(day__isnull=False) | Q(campaign__isnull=False), output_field=BooleanField())


@dataclass(frozen=True)
class SpendGrid:
    """One month: a row per channel, a column per kind; empty where nothing is entered."""

    month: date
    rows: list["GridRow"]
    totals: list[Decimal | None]

    @property
    def total(self) -> Decimal | None:
        return _known_sum(self.totals)


@dataclass(frozen=True)
class GridRow:
    channel: Channel
    cells: list["GridCell"]

    @property
    def total(self) -> Decimal:
        return sum((cell.total or Decimal(0) for cell in self.cells), Decimal(0))

    @property
    def has_amounts(self) -> bool:
        return any(cell.total is not None for cell in self.cells)


@dataclass(frozen=True)
class GridCell:
    """`amount` is of the whole month and channel; `parts` is what its days and campaigns add to it."""

    kind: str
    label: str | Promise
    amount: Decimal | None
    parts: Decimal | None = None

    @property
    def total(self) -> Decimal | None:
        return _known_sum((self.amount, self.parts))


@dataclass(frozen=True)
class UnknownCode:
    """A code that orders name, without a channel; and how many customers were won by it, when."""

    code: str
    customers: int
    first_on: date
    last_on: date


def month_grid(month: date) -> SpendGrid:
    """What is entered for a month, for every channel and kind."""
    entered: dict[tuple[int, str], Decimal] = {}
    parts: dict[tuple[int, str], Decimal] = {}
    sums = Spend.objects.filter(month=month).annotate(is_part=_IS_PART).values_list("channel_id", "kind", "is_part")
    for channel, kind, is_part, amount in sums.annotate(sum=Sum("amount")).order_by():
        (parts if is_part else entered)[channel, kind] = amount
    rows = [
        GridRow(
            channel,
            [
                GridCell(kind, label, entered.get((channel.pk, kind)), parts.get((channel.pk, kind)))
                for kind, label in SpendKind.choices
            ],
        )
        for channel in Channel.objects.all()
    ]
    columns = zip(*(row.cells for row in rows), strict=True) if rows else ()
    return SpendGrid(month, rows, [_known_sum(cell.total for cell in column) for column in columns])


def _known_sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """None where nothing is entered: that is not known, and not zero."""
    known = [each for each in amounts if each is not None]
    return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True)
class RetentionCell:
    kind: str
    label: str | Promise
    amount: Decimal | None


def retention_cells(month: date) -> list[RetentionCell]:
    """What is entered for keeping customers in a month, a cell for every kind."""
    entered = dict(RetentionSpend.objects.filter(month=month).values_list("kind", "amount"))
    return [RetentionCell(kind, label, entered.get(kind)) for kind, label in RetentionKind.choices]


def parts_of(channel: Channel, month: date) -> list[Spend]:
    """The amounts of a channel's month that are of a day or of a campaign: by day, then by campaign and kind."""
    rows = Spend.objects.filter(_IS_PART, channel=channel, month=month).select_related("campaign")
    return list(rows.order_by(F("day").asc(nulls_first=True), "campaign__name", "kind"))


def channels_by_code(codes: Iterable[str]) -> dict[str, Channel]:
    """Channels of these codes."""
    return Channel.objects.in_bulk(set(codes), field_name="code")


def campaigns_by_code(codes: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Campaign]:
    """Campaigns by the codes of the channel and their own."""
    wanted = set(codes)
    if not wanted:
        return {}
    found = Campaign.objects.filter(code__in={code for _channel, code in wanted}).select_related("channel")
    return {(each.channel.code, each.code): each for each in found if (each.channel.code, each.code) in wanted}


def unknown_codes() -> list[UnknownCode]:
    """Codes that first orders name and no channel has, the most frequent first; without the campaigns behind them."""
    return _counted(Acquisition.objects.filter(channel=None).exclude(told_code=""), 1)


def unknown_campaigns(channel: Channel) -> list[UnknownCode]:
    """Codes of campaigns that first orders name behind the channel, and the channel does not have."""
    told = Acquisition.objects.filter(channel=channel, campaign=None, told_code__startswith=f"{channel.code}/")
    return [row for row in _counted(told, 2) if row.code]


def _counted(rows: QuerySet[Acquisition], part: int) -> list[UnknownCode]:
    """By the part of the code: 1 is the channel's, 2 the campaign's."""
    told = Func(F("told_code"), Value("/"), Value(part), function="split_part", output_field=CharField())
    counted = (
        rows.annotate(told=told)
        .values_list("told")
        .annotate(customers=Count("pk"), first_on=Min("won_on"), last_on=Max("won_on"))
        .order_by("-customers", "told")
    )
    return [UnknownCode(*row) for row in counted]


def won_without_code() -> int:
    """How many customers were won by an order that named no channel."""
    return Acquisition.objects.filter(channel=None, told_code="").count()
