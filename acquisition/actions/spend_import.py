"""Files of spend: what was paid for channels and their campaigns, by month or by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from acquisition.actions.inquiries import inquiry_fault_text
from acquisition.actions.spend import SpendRow, record_spend, repeated
from acquisition.models import Spend, SpendKind
from acquisition.queries.spend import campaigns_by_code, channels_by_code
from acquisition.rules.months import FIRST_MONTH, LAST_MONTH, month_in
from customers.actions.imports.kinds import ImportKind, Reader, RowResult, Target, Telling, record_by_mode
from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.records import Company

MAX_SPEND = Decimal(10**12)
TEXTS = {
    "unknown_campaign": _("The channel has no campaign with the code %(value)s; make it first."),
    "spend_repeated": _(
        "An earlier row names the same channel, campaign, time and kind. Days go into the field “Day”."
    ),
    "not_of_month": _("The day %(value)s is not of the month that the row names."),
}


@dataclass(frozen=True, slots=True)
class SpendTold:
    """One row of a file of spend: `amount` in currency; `campaign` is empty, `day` none where they are not told."""

    channel: str
    campaign: str
    month: date
    day: date | None
    kind: str
    amount: Decimal


def spend_kind() -> ImportKind:
    """The kind of file."""
    return ImportKind(
        code="spend",
        label=_("Spend"),
        about=_("What was paid for a channel (a campaign of it) in a month or on a day, one amount a row."),
        fields=spend_targets,
        reader=_reader,
        record=_record,
        needs_source=False,
        words=spend_fault_text,
    )


def spend_targets() -> list[Target]:
    """Fields of a file of spend."""
    amount = ("amount", "sum", "spend", "cost", "сумма", "расход", "расходы", "потрачено")
    kind = ("kind", "type", "вид", "вид расхода", "статья")
    return [
        Target("channel", _("Channel code"), required=True, words=("channel", "utm_source", "канал", "источник")),
        Target("campaign", _("Campaign code"), words=("campaign", "utm_campaign", "кампания")),
        Target("month", _("Month"), words=("month", "месяц", "период", "дата", "date"), help="2026-11"),
        Target("day", _("Day"), "date", words=("day", "день", "дата расхода"), help="2026-11-05"),
        Target("kind", _("Kind of spend"), "choice", required=True, choices=tuple(SpendKind.choices), words=kind),
        Target("amount", _("Sum"), "number", required=True, words=amount),
    ]


def spend_fault_text(fault: Fault) -> str:
    """The sentence for a fault of a row of spend, in the language in force."""
    return str(TEXTS[fault.code]) % fault.params if fault.code in TEXTS else inquiry_fault_text(fault)


def _reader(company: Company, _now: datetime) -> Reader:
    def read(payload: dict[str, Any]) -> SpendTold:
        faults: list[Fault] = []
        fields = Fields(payload, company, faults)
        amount = fields.number("amount", None, MAX_SPEND)
        if amount is None and not faults:
            fields.fail("amount", "required")
        day = _day(fields)
        told = SpendTold(
            channel=fields.text("channel", 50, required=True).lower(),
            campaign=fields.text("campaign", 50).lower(),
            month=_month(fields, day),
            day=day,
            kind=fields.choice("kind", tuple(SpendKind.values), ""),
            amount=amount or Decimal(0),
        )
        if not told.kind:
            fields.fail("kind", "required")
        if faults:
            raise Faulty(faults)
        return told

    return read


def _day(fields: Fields) -> date | None:
    moment = fields.moment("day")
    day = moment.astimezone(fields.company.zone).date() if moment else None
    if day is not None and not FIRST_MONTH <= day.replace(day=1) <= LAST_MONTH:
        fields.fail("day", "not_month", value=day.isoformat())
        return None
    return day


def _month(fields: Fields, day: date | None) -> date:
    """The month told, which the day must be of; or else the day's."""
    text = fields.text("month", 40, required=day is None and not fields.data.get("day"))
    month = month_in(text, fields.company.zone) if text else None
    if text and month is None:
        fields.fail("month", "not_month", value=text)
    if day is None:
        return month or date.min
    if month is not None and month != day.replace(day=1):
        fields.fail("day", "not_of_month", value=day.isoformat())
    return day.replace(day=1)


def _record(told: Sequence[SpendTold], telling: Telling) -> list[RowResult]:
    rows, faults = _rows(told)
    faults |= {place: Fault("", "spend_repeated") for place in repeated(rows)}
    good = [row for place, row in enumerate(rows) if row is not None and place not in faults]
    done = iter(_by_mode(good, telling))
    return [
        RowResult("refused", faults=(faults[place],)) if place in faults else next(done) for place in range(len(rows))
    ]


def _rows(told: Sequence[SpendTold]) -> tuple[list[SpendRow | None], dict[int, Fault]]:
    """Rows to record; none, with the reason by its place, where a code is not known."""
    channels = channels_by_code(each.channel for each in told)
    campaigns = campaigns_by_code({(each.channel, each.campaign) for each in told if each.campaign})
    rows: list[SpendRow | None] = []
    faults: dict[int, Fault] = {}
    for place, each in enumerate(told):
        channel = channels.get(each.channel)
        campaign = campaigns.get((each.channel, each.campaign))
        if channel is None:
            faults[place] = Fault("channel", "unknown_channel", {"value": each.channel})
        elif each.campaign and campaign is None:
            faults[place] = Fault("campaign", "unknown_campaign", {"value": each.campaign})
        known = channel is not None and place not in faults
        rows.append(
            SpendRow(channel.pk, each.month, each.kind, each.amount, campaign.pk if campaign else None, each.day)
            if channel is not None and known
            else None
        )
    return rows, faults


def _by_mode(rows: list[SpendRow], telling: Telling) -> list[RowResult]:
    months, channels = {row.month for row in rows}, {row.channel_id for row in rows}
    stored = {
        SpendRow(spend.channel_id, spend.month, spend.kind, spend.amount, spend.campaign_id, spend.day).key
        for spend in Spend.objects.filter(month__in=months, channel__in=channels)
    }
    return record_by_mode(
        rows,
        telling.mode,
        [row.key in stored for row in rows],
        lambda wanted: [RowResult(fate) for fate in record_spend(rows=wanted)],
    )
