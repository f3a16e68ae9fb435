"""What was entered, and which channels orders name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Max, Min
from django.utils.functional import Promise

from acquisition.models import Acquisition, Channel, Spend, SpendKind


@dataclass(frozen=True)
class SpendGrid:
    """One month: a row per channel, a column per kind; empty where nothing is entered."""

    month: date
    rows: list["GridRow"]
    totals: list[Decimal]

    @property
    def total(self) -> Decimal:
        return sum(self.totals, Decimal(0))


@dataclass(frozen=True)
class GridRow:
    channel: Channel
    cells: list["GridCell"]

    @property
    def total(self) -> Decimal:
        return sum((cell.amount or Decimal(0) for cell in self.cells), Decimal(0))

    @property
    def has_amounts(self) -> bool:
        return any(cell.amount is not None for cell in self.cells)


@dataclass(frozen=True)
class GridCell:
    kind: str
    label: str | Promise
    amount: Decimal | None


@dataclass(frozen=True)
class UnknownCode:
    """A code that orders name, without a channel; and how many customers were won by it, when."""

    code: str
    customers: int
    first_on: date
    last_on: date


def month_grid(month: date) -> SpendGrid:
    """What is entered for a month, for every channel and kind."""
    entered = {
        (row.channel_id, row.kind): row.amount
        for row in Spend.objects.filter(month=month).only("channel_id", "kind", "amount")
    }
    rows = [
        GridRow(
            channel,
            [GridCell(kind, label, entered.get((channel.pk, kind))) for kind, label in SpendKind.choices],
        )
        for channel in Channel.objects.all()
    ]
    columns = zip(*(row.cells for row in rows), strict=True) if rows else ()
    return SpendGrid(
        month, rows, [sum((cell.amount or Decimal(0) for cell in column), Decimal(0)) for column in columns]
    )


def channels_by_code(codes: Iterable[str]) -> dict[str, Channel]:
    """Channels of these codes."""
    return Channel.objects.in_bulk(set(codes), field_name="code")


def unknown_codes() -> list[UnknownCode]:
    """Codes that first orders name and no channel has, the most frequent first."""
    rows = (
        Acquisition.objects.filter(channel=None)
        .exclude(told_code="")
        .values("told_code")
        .annotate(customers=Count("pk"), first_on=Min("won_on"), last_on=Max("won_on"))
        .order_by("-customers", "told_code")
    )
    return [UnknownCode(row["told_code"], row["customers"], row["first_on"], row["last_on"]) for row in rows]


def won_without_code() -> int:
    """How many customers were won by an order that named no channel."""
    return Acquisition.objects.filter(channel=None, told_code="").count()
