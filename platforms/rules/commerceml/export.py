"""Orders of this base as a CommerceML 2.05 document, for 1C to take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

VERSION = "2.05"
OURS = "ferma-"
# Control characters, halves of surrogate pairs and non-characters have no place in XML.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class OutLine:
    """One position; `amount` after discount."""

    external_id: str
    sku: str
    name: str
    quantity: Decimal
    amount: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class OutOrder:
    """One order in the company's currency, with times by its clock."""

    id: int
    number: str
    placed_at: datetime
    status: str
    total: Decimal
    customer_id: int
    customer_name: str
    is_company: bool
    phones: Sequence[str]
    emails: Sequence[str]
    lines: Sequence[OutLine]
    is_cancelled: bool = False


def document(orders: Sequence[OutOrder], *, currency: str, made_at: datetime) -> bytes:
    """The whole document in UTF-8."""
    attributes = f"ВерсияСхемы={quoteattr(VERSION)} ДатаФормирования={quoteattr(made_at.strftime('%Y-%m-%dT%H:%M:%S'))}"
    body = "".join(_order(order, currency) for order in orders)
    root = f"<КоммерческаяИнформация {attributes}>{body}</КоммерческаяИнформация>"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'
    return text.encode("utf-8", "replace")


def _tag(name: str, value: object) -> str:
    return f"<{name}>{escape(_NOT_XML.sub('', str(value)))}</{name}>"


def _requisite(name: str, value: str) -> str:
    return f"<ЗначениеРеквизита>{_tag('Наименование', name)}{_tag('Значение', value)}</ЗначениеРеквизита>"


def _order(order: OutOrder, currency: str) -> str:
    return "".join((
        "\n<Документ>",
        _tag("Ид", f"{OURS}{order.id}"),
        _tag("Номер", order.number),
        _tag("Дата", order.placed_at.strftime("%Y-%m-%d")),
        _tag("Время", order.placed_at.strftime("%H:%M:%S")),
        _tag("ХозОперация", "Заказ товара"),
        _tag("Роль", "Продавец"),
        _tag("Валюта", currency),
        _tag("Курс", 1),
        _tag("Сумма", order.total),
        f"<Контрагенты>{_party(order)}</Контрагенты>",
        f"<Товары>{''.join(map(_line, order.lines))}</Товары>",
        "<ЗначенияРеквизитов>",
        _requisite("Статус заказа", order.status),
        _requisite("Отменен", "true" if order.is_cancelled else "false"),
        "</ЗначенияРеквизитов></Документ>",
    ))  # fmt: skip


def _party(order: OutOrder) -> str:
    contacts = [("Телефон рабочий", phone) for phone in order.phones] + [("Почта", mail) for mail in order.emails]
    listed = "".join(f"<Контакт>{_tag('Тип', kind)}{_tag('Значение', value)}</Контакт>" for kind, value in contacts)
    official = "ОфициальноеНаименование" if order.is_company else "ПолноеНаименование"
    return "".join((
        "<Контрагент>",
        _tag("Ид", f"{OURS}{order.customer_id}"),
        _tag("Наименование", order.customer_name),
        _tag("Роль", "Покупатель"),
        _tag(official, order.customer_name),
        f"<Контакты>{listed}</Контакты></Контрагент>",
    ))  # fmt: skip


def _line(line: OutLine) -> str:
    price = (line.amount + line.discount) / line.quantity if line.quantity else line.amount
    discount = _tag("Наименование", "Скидка") + _tag("Сумма", line.discount) + _tag("УчтеноВСумме", "true")
    return "".join((
        "<Товар>",
        _tag("Ид", line.external_id),
        _tag("Артикул", line.sku) if line.sku else "",
        _tag("Наименование", line.name),
        '<БазоваяЕдиница Код="796" НаименованиеПолное="Штука" МеждународноеСокращение="PCE">шт</БазоваяЕдиница>',
        _tag("ЦенаЗаЕдиницу", round(price, 2)),
        _tag("Количество", line.quantity if line.quantity else 1),
        _tag("Сумма", line.amount),
        f"<Скидки><Скидка>{discount}</Скидка></Скидки>" if line.discount else "",
        "</Товар>",
    ))  # fmt: skip
