"""The kinds of file that this app takes: inquiries, and what was paid for channels."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from acquisition.actions.inquiries import inquiry_fault_text, record_inquiries
from acquisition.actions.inquiry_rows import stored_inquiries
from acquisition.actions.spend_import import spend_kind
from acquisition.models import InquiryKind
from acquisition.rules.inquiries import InquiryData, read_inquiry
from customers.actions.imports.kinds import (
    ImportKind,
    Reader,
    RowResult,
    Target,
    Telling,
    record_by_mode,
    register,
)
from customers.rules.records import Company


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
    register(spend_kind())


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


def _inquiry_reader(company: Company, now: datetime) -> Reader:
    return lambda payload: read_inquiry(payload, company, now)


def _record_inquiries(inquiries: Sequence[InquiryData], telling: Telling) -> list[RowResult]:
    known = stored_inquiries({(each.source, each.external_id) for each in inquiries if each.external_id})
    is_known = [(each.source, each.external_id) in known for each in inquiries]

    def record(wanted: list[InquiryData]) -> list[RowResult]:
        results = record_inquiries(inquiries=wanted, now=telling.now)
        return [RowResult(r.fate.value, r.customer_id, faults=r.faults) for r in results]

    return record_by_mode(inquiries, telling.mode, is_known, record)
