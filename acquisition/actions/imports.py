"""The kinds of file that this app takes: inquiries, and what was paid for channels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acquisition.actions.inquiries import inquiry_fault_text, record_inquiries
from acquisition.actions.inquiry_rows import stored_inquiries
from acquisition.actions.spend import SpendRow, record_spend, repeated
from acquisition.models import InquiryKind, Spend, SpendKind
from acquisition.queries.spend import channels_by_code
from acquisition.rules.inquiries import InquiryData, read_inquiry
from acquisition.rules.months import month_in
from customers.actions.imports.kinds import (
    ImportKind,
    Reader,
    RowResult,
    Target,
    Telling,
    record_by_mode,
    register,
)
from customers.rules.faults import Fault, Faulty
from customers.rules.fields import Fields
from customers.rules.records import Company

MAX_SPEND = Decimal(10**12)


@dataclass(frozen=True, slots=True)
class SpendTold:
    """One row of a file of spend: `amount` in currency."""

    channel: str
    month: date
    kind: str
    amount: Decimal


def register_kinds() -> None:
    """Let the wizard and the commands take files of these kinds."""
    register(
        ImportKind(
            code="inquiries",
            label=_("Inquiries"),
            about=_("One call, form, visit or chat a row: when, from which channel, answered or missed."),
            fields=inquiry_targets,
            reader=_inquiry_reader,
            record=_record_inquiries,
            keys=(("external_id", _("Inquiry's id in the source")),),
            words=inquiry_fault_text,
        )
    )
    register(
        ImportKind(
            code="spend",
            label=_("Spend"),
            about=_("What was paid for a channel in a month, one amount a row."),
            fields=spend_targets,
            reader=_spend_reader,
            record=_record_spend,
            needs_source=False,
            words=inquiry_fault_text,
        )
    )


def inquiry_targets() -> list[Target]:
    """Fields of a file of inquiries."""
    at = ("date", "time", "date and time", "дата", "дата и время", "время", "когда")
    kind = ("kind", "type", "вид", "тип", "вид обращения")
    answered = ("answered", "отвечен", "отвечено", "принят")
    seconds = ("duration", "seconds", "длительность", "длительность разговора")
    return [
        Target("external_id", _("Inquiry's id in the source"), words=("id", "call id", "ид", "номер")),
        Target("kind", _("Kind"), "choice", required=True, choices=tuple(InquiryKind.choices), words=kind),
        Target("at", _("Time"), "date", required=True, words=at),
        Target("channel", _("Channel code"), words=("channel", "utm_source", "канал", "источник")),
        Target("is_answered", pgettext_lazy("inquiry", "Answered"), "yes_no", words=answered),
        Target("name", _("Name"), words=("name", "имя", "фио", "клиент")),
        Target("phone", _("Phone"), words=("phone", "caller", "number", "телефон", "номер телефона", "кто звонил")),
        Target("email", _("E-mail"), words=("email", "mail", "почта", "эл. почта")),
        Target("line", _("Line or form"), words=("line", "form", "линия", "форма", "куда звонил")),
        Target("duration_seconds", _("Duration, seconds"), "whole", words=seconds),
        Target("answered_by", _("E-mail of who answered"), words=("manager", "operator", "менеджер", "оператор")),
        Target("customer.external_id", _("Customer's id in the source"), words=("customer id", "код клиента")),
        Target("order.external_id", _("Order's id in the source"), words=("order id", "заказ", "номер заказа")),
        Target("next_step", _("Next step"), words=("next step", "следующий шаг")),
        Target("next_step_on", _("Day of the next step"), "date"),
        Target("is_spam", _("Spam"), "yes_no", words=("spam", "спам")),
        Target("note", _("Note"), words=("note", "comment", "комментарий", "примечание")),
    ]


def spend_targets() -> list[Target]:
    """Fields of a file of spend."""
    amount = ("amount", "sum", "spend", "cost", "сумма", "расход", "расходы", "потрачено")
    kind = ("kind", "type", "вид", "вид расхода", "статья")
    return [
        Target("channel", _("Channel code"), required=True, words=("channel", "utm_source", "канал", "источник")),
        Target("month", _("Month"), required=True, words=("month", "месяц", "период", "дата", "date"), help="2026-11"),
        Target("kind", _("Kind of spend"), "choice", required=True, choices=tuple(SpendKind.choices), words=kind),
        Target("amount", _("Sum"), "number", required=True, words=amount),
    ]


def _inquiry_reader(company: Company, now: datetime) -> Reader:
    return lambda payload: read_inquiry(payload, company, now)


def _record_inquiries(inquiries: Sequence[InquiryData], telling: Telling) -> list[RowResult]:
    known = stored_inquiries({(each.source, each.external_id) for each in inquiries if each.external_id})
    is_known = [(each.source, each.external_id) in known for each in inquiries]

    def record(wanted: list[InquiryData]) -> list[RowResult]:
        results = record_inquiries(inquiries=wanted, now=telling.now)
        return [RowResult(r.fate.value, r.customer_id, faults=r.faults) for r in results]

    return record_by_mode(inquiries, telling.mode, is_known, record)


def _spend_reader(company: Company, _now: datetime) -> Reader:
    def read(payload: dict[str, Any]) -> SpendTold:
        faults: list[Fault] = []
        fields = Fields(payload, company, faults)
        amount = fields.number("amount", None, MAX_SPEND)
        if amount is None and not faults:
            fields.fail("amount", "required")
        told = SpendTold(
            channel=fields.text("channel", 50, required=True).lower(),
            month=_month(fields),
            kind=fields.choice("kind", tuple(SpendKind.values), ""),
            amount=amount or Decimal(0),
        )
        if not told.kind:
            fields.fail("kind", "required")
        if faults:
            raise Faulty(faults)
        return told

    return read


def _month(fields: Fields) -> date:
    text = fields.text("month", 40, required=True)
    month = month_in(text, fields.company.zone) if text else None
    if text and month is None:
        fields.fail("month", "not_month", value=text)
    return month or date.min


def _record_spend(told: Sequence[SpendTold], telling: Telling) -> list[RowResult]:
    channels = channels_by_code(each.channel for each in told)
    rows = [
        SpendRow(channels[each.channel].pk, each.month, each.kind, each.amount) if each.channel in channels else None
        for each in told
    ]
    again = repeated(rows)
    faults = {
        place: Fault("channel", "unknown_channel", {"value": told[place].channel})
        for place, row in enumerate(rows)
        if row is None
    }
    faults |= {place: Fault("", "spend_repeated") for place in again}
    good = [row for place, row in enumerate(rows) if row is not None and place not in faults]
    done = iter(_by_mode(good, telling))
    return [
        RowResult("refused", faults=(faults[place],)) if place in faults else next(done) for place in range(len(rows))
    ]


def _by_mode(rows: list[SpendRow], telling: Telling) -> list[RowResult]:
    months, channels = {row.month for row in rows}, {row.channel_id for row in rows}
    stored = set(
        Spend.objects.filter(month__in=months, channel__in=channels).values_list("channel_id", "month", "kind")
    )
    return record_by_mode(
        rows,
        telling.mode,
        [row.key in stored for row in rows],
        lambda wanted: [RowResult(fate) for fate in record_spend(rows=wanted)],
    )
