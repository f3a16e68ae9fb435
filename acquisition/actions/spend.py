"""Entering what was paid for channels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from acquisition.models import Campaign, Channel, Spend, SpendKind
from acquisition.models.spend import NO_DAY
from acquisition.rules import FIRST_MONTH, LAST_MONTH
from core.errors import InvalidInput
from core.money import to_minor

Fate = Literal["created", "updated", "unchanged"]
MOST_DIGITS = 15

# As the constraint has it: a null is a value of its own here.
UPSERT = """
    INSERT INTO acquisition_spend AS kept (channel_id, month, kind, campaign_id, day, amount)
    SELECT channel, month, kind, nullif(campaign, 0), nullif(day, '0001-01-01'), amount
    FROM unnest(%s::bigint[], %s::date[], %s::varchar[], %s::bigint[], %s::date[], %s::bigint[])
        AS told (channel, month, kind, campaign, day, amount)
    ON CONFLICT (channel_id, month, kind, coalesce(campaign_id, 0), coalesce(day, '0001-01-01'))
    DO UPDATE SET amount = excluded.amount
    WHERE kept.amount <> excluded.amount
    RETURNING channel_id, month, kind, coalesce(campaign_id, 0), coalesce(day, '0001-01-01'), xmax = 0
"""
Key = tuple[int, date, str, int, date]


@dataclass(frozen=True)
class SpendRow:
    """What was paid for a channel in a month (its first day), in currency; of a campaign, on a day where told."""

    channel_id: int
    month: date
    kind: str
    amount: Decimal
    campaign_id: int | None = None
    day: date | None = None

    @property
    def key(self) -> Key:
        return self.channel_id, self.month, self.kind, self.campaign_id or 0, self.day or NO_DAY


def set_spend(
    *,
    channel: Channel,
    month: date,
    kind: str,
    amount: Decimal,
    campaign: Campaign | None = None,
    day: date | None = None,
) -> Fate:
    """Enter one amount in place of what was entered before. Raises InvalidInput, naming the field."""
    return record_spend(rows=[SpendRow(channel.pk, month, kind, amount, campaign.pk if campaign else None, day)])[0]


@transaction.atomic
def record_spend(*, rows: Sequence[SpendRow]) -> list[Fate]:
    """Enter many amounts at once, each in place of what was entered before; all of them or none.

    Raises InvalidInput for an amount, a month, a day or a kind that cannot be, for a campaign of another channel,
    and for a repeated row.
    """
    for row in rows:
        check_row(row)
    _check_campaigns(rows)
    if len({row.key for row in rows}) < len(rows):
        raise InvalidInput(_("Two rows name the same channel, campaign, time and kind."))
    # In one order for everybody, so that two writers of the same rows wait and do not deadlock.
    ordered = sorted(rows, key=lambda row: row.key)
    columns: list[Any] = [*zip(*(row.key for row in ordered), strict=True)] or [()] * 5
    amounts = [to_minor(row.amount) for row in ordered]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, [*map(list, columns), amounts])
        written = {tuple(key): new for *key, new in cursor.fetchall()}
    return [_fate(written.get(row.key)) for row in rows]


def clear_spend(
    *, channel: Channel, month: date, kind: str, campaign: Campaign | None = None, day: date | None = None
) -> None:
    """Nothing is known about this cost any more (which is not the same as nothing was paid)."""
    Spend.objects.filter(channel=channel, month=month, kind=kind, campaign=campaign, day=day).delete()


@transaction.atomic
def copy_spend(*, source: date, target: date) -> int:
    """Fill what is not entered in the target month from the whole-month amounts of the source month.

    A cell in which days or campaigns of the target month are entered is left alone. Returns the number of rows.
    """
    check_month(target)
    taken = set(Spend.objects.filter(month=target).values_list("channel_id", "kind"))
    rows = Spend.objects.filter(month=source, day=None, campaign=None).order_by("channel_id", "kind")
    made = [
        Spend(channel_id=row.channel_id, month=target, kind=row.kind, amount=row.amount)
        for row in rows
        if (row.channel_id, row.kind) not in taken
    ]
    return len(Spend.objects.bulk_create(made, ignore_conflicts=True))


def check_row(row: SpendRow) -> None:
    """Raise InvalidInput, naming the field, for what cannot be entered."""
    check_month(row.month)
    if row.day is not None and row.day.replace(day=1) != row.month:
        raise InvalidInput(_("The day is not of this month."), field="day")
    if row.kind not in SpendKind.values:
        kinds = ", ".join(SpendKind.values)
        raise InvalidInput(_("Unknown kind of spend; expected one of: %(kinds)s.") % {"kinds": kinds}, field="kind")
    check_amount(row.amount)


def check_amount(amount: Decimal) -> None:
    """Raise InvalidInput for what is no amount of money spent."""
    if not amount.is_finite() or amount.adjusted() >= MOST_DIGITS:
        raise InvalidInput(_("Enter an amount of money, such as 1234.50."), field="amount")
    if amount < 0:
        raise InvalidInput(_("Spend cannot be negative."), field="amount")


def repeated(rows: Iterable[SpendRow | None]) -> set[int]:
    """Positions of rows that name the channel, campaign, time and kind of an earlier one."""
    seen: set[Key] = set()
    again = set()
    for position, row in enumerate(rows):
        if row is None:
            continue
        if row.key in seen:
            again.add(position)
        seen.add(row.key)
    return again


def _check_campaigns(rows: Sequence[SpendRow]) -> None:
    named = {row.campaign_id: row.channel_id for row in rows if row.campaign_id is not None}
    owners = dict(Campaign.objects.filter(pk__in=named).values_list("pk", "channel_id")) if named else {}
    if any(row.campaign_id is not None and owners.get(row.campaign_id) != row.channel_id for row in rows):
        raise InvalidInput(_("This channel has no campaign with this code."), field="campaign")


def check_month(month: date) -> None:
    """Raise InvalidInput for what is no first day of a month of this century."""
    if month.day != 1 or not FIRST_MONTH <= month <= LAST_MONTH:
        raise InvalidInput(_("Write the month as 2026-11."), field="month")


def _fate(new: bool | None) -> Fate:
    if new is None:
        return "unchanged"
    return "created" if new else "updated"
