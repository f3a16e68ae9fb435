"""Entering what was paid for channels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from acquisition.models import Channel, Spend, SpendKind
from acquisition.rules import FIRST_MONTH, LAST_MONTH
from core.errors import InvalidInput
from core.money import to_minor

Fate = Literal["created", "updated", "unchanged"]
MOST_DIGITS = 15

UPSERT = """
    INSERT INTO acquisition_spend AS kept (channel_id, month, kind, amount)
    SELECT * FROM unnest(%s::bigint[], %s::date[], %s::varchar[], %s::bigint[])
    ON CONFLICT (channel_id, month, kind) DO UPDATE SET amount = excluded.amount
    WHERE kept.amount <> excluded.amount
    RETURNING channel_id, month, kind, xmax = 0
"""


@dataclass(frozen=True)
class SpendRow:
    """What was paid for a channel in a month (its first day), in currency."""

    channel_id: int
    month: date
    kind: str
    amount: Decimal

    @property
    def key(self) -> tuple[int, date, str]:
        return self.channel_id, self.month, self.kind


def set_spend(*, channel: Channel, month: date, kind: str, amount: Decimal) -> Fate:
    """Enter one amount in place of what was entered before. Raises InvalidInput, naming the field."""
    return record_spend(rows=[SpendRow(channel.pk, month, kind, amount)])[0]


@transaction.atomic
def record_spend(*, rows: Sequence[SpendRow]) -> list[Fate]:
    """Enter many amounts at once, each in place of what was entered before; all of them or none.

    Raises InvalidInput for an amount, a month or a kind that cannot be, and for a repeated row.
    """
    for row in rows:
        check_row(row)
    if len({row.key for row in rows}) < len(rows):
        raise InvalidInput(_("Two rows name the same channel, month and kind."))
    # In one order for everybody, so that two writers of the same rows wait and do not deadlock.
    ordered = sorted(rows, key=lambda row: row.key)
    columns: list[Any] = [
        [row.channel_id for row in ordered],
        [row.month for row in ordered],
        [row.kind for row in ordered],
        [to_minor(row.amount) for row in ordered],
    ]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, columns)
        written = {(channel, month, kind): new for channel, month, kind, new in cursor.fetchall()}
    return [_fate(written.get(row.key)) for row in rows]


def clear_spend(*, channel: Channel, month: date, kind: str) -> None:
    """Nothing is known about this cost any more (which is not the same as nothing was paid)."""
    Spend.objects.filter(channel=channel, month=month, kind=kind).delete()


@transaction.atomic
def copy_spend(*, source: date, target: date) -> int:
    """Fill what is not entered in the target month from the source month. Returns the number of rows."""
    _check_month(target)
    taken = set(Spend.objects.filter(month=target).values_list("channel_id", "kind"))
    rows = Spend.objects.filter(month=source).order_by("channel_id", "kind")
    made = [
        Spend(channel_id=row.channel_id, month=target, kind=row.kind, amount=row.amount)
        for row in rows
        if (row.channel_id, row.kind) not in taken
    ]
    return len(Spend.objects.bulk_create(made, ignore_conflicts=True))


def check_row(row: SpendRow) -> None:
    """Raise InvalidInput, naming the field, for what cannot be entered."""
    _check_month(row.month)
    if row.kind not in SpendKind.values:
        kinds = ", ".join(SpendKind.values)
        raise InvalidInput(_("Unknown kind of spend; expected one of: %(kinds)s.") % {"kinds": kinds}, field="kind")
    if not row.amount.is_finite() or row.amount.adjusted() >= MOST_DIGITS:
        raise InvalidInput(_("Enter an amount of money, such as 1234.50."), field="amount")
    if row.amount < 0:
        raise InvalidInput(_("Spend cannot be negative."), field="amount")


def repeated(rows: Iterable[SpendRow | None]) -> set[int]:
    """Positions of rows that name the channel, month and kind of an earlier one."""
    seen: set[tuple[int, date, str]] = set()
    again = set()
    for position, row in enumerate(rows):
        if row is None:
            continue
        if row.key in seen:
            again.add(position)
        seen.add(row.key)
    return again


def _check_month(month: date) -> None:
    if month.day != 1 or not FIRST_MONTH <= month <= LAST_MONTH:
        raise InvalidInput(_("Write the month as 2026-11."), field="month")


def _fate(new: bool | None) -> Fate:
    if new is None:
        return "unchanged"
    return "created" if new else "updated"
