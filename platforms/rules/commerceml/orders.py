"""A document of 1C with the operation "Заказ товара" as an order."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from platforms.rules.building import Item, sums
from platforms.rules.commerceml.xml import Node
from platforms.rules.contract import SKIP, Context, Note, Told
from platforms.rules.picking import ZERO, contacts, full_name, identifier, iso, moment, number

ORDER = "Заказ товара"
DELIVERY = "ORDER_DELIVERY"
# By the letters of the standard, its numbers, and the words that 1C's own settings have.
CURRENCIES = {
    "РУБ": "RUB",
    "РУБ.": "RUB",
    "RUR": "RUB",
    "643": "RUB",
    "810": "RUB",
    "ТЕНГЕ": "KZT",
    "840": "USD",
    "978": "EUR",
}
YES = ("true", "да", "1")
_CODE = re.compile(r"^\[[^\]]*\]\s*")


def order_of(document: Node, ctx: Context, told: Told, read_at: datetime) -> None:
    """Add the document, if it is an order. `read_at`: when 1C sent it, which stands for its version."""
    operation = document.get("ХозОперация")
    if operation and operation != ORDER:
        told.notes.append(Note("document_left_out", operation[:60]))
        return
    status = ctx.status(status_of(document, ctx))
    if status == SKIP:
        told.notes.append(Note("document_skipped", document.get("Номер")[:60]))
        return
    order = {
        "source": ctx.source,
        "external_id": identifier({"Ид": document.get("Ид") or document.get("Номер")}, "Ид"),
        "number": document.get("Номер")[:100],
        "status": status,
        "placed_at": _placed_at(document, ctx),
        "updated_at": iso(read_at),
        "fulfilled_at": _day_of(document, "Дата отгрузки по 1С", ctx) if status == "fulfilled" else None,
        "customer": _buyer(document, ctx, told),
        **_currency(document, ctx),
        **_sums(document, ctx),
    }
    told.orders.append(order)


def status_of(document: Node, ctx: Context) -> str:
    """The document's own status where the table has it, else by its marks, the strongest first."""
    marks = requisites(document)
    deleted = document.get("ПометкаУдаления") or marks.get("ПометкаУдаления", "")
    if deleted.lower() in YES or marks.get("Отменен", marks.get("Отменён", "")).lower() in YES:
        return "Отменен"
    own = _CODE.sub("", marks.get("Статус заказа") or marks.get("Статус заказа ИД") or document.get("Статус"))
    if own in ctx.statuses:
        return own
    for mark, by_date in (("Отгружен", "Дата отгрузки по 1С"), ("Оплачен", "Дата оплаты по 1С"), ("Проведен", "")):
        if marks.get(mark, "").lower() in YES or (by_date and marks.get(by_date)):
            return mark
    return own


def requisites(node: Node) -> dict[str, str]:
    """Names and values of ЗначенияРеквизитов."""
    found = node.all("ЗначенияРеквизитов", "ЗначениеРеквизита")
    return {each.get("Наименование"): each.get("Значение") for each in found}


def decimal_of(node: Node, name: str, default: Decimal = ZERO) -> Decimal:
    """A number as 1C writes it: 1 234,50 with any kind of space."""
    raw = "".join(node.get(name).split())
    return number({name: raw}, name, default)


def _sums(document: Node, ctx: Context) -> dict[str, Any]:
    items = list(_items(document, ctx))
    total = decimal_of(document, "Сумма", sum((item.amount for item in items), ZERO))
    return sums(items, total, ctx)


def _items(document: Node, ctx: Context) -> Iterator[Item]:
    for line in document.all("Товары", "Товар"):
        quantity = decimal_of(line, "Количество", Decimal(1))
        amount = decimal_of(line, "Сумма", decimal_of(line, "ЦенаЗаЕдиницу") * quantity)
        discounts = line.all("Скидки", "Скидка")
        amount -= _apart(discounts)
        amount += _apart(line.all("Налоги", "Налог"))
        is_delivery = line.get("Ид") == DELIVERY
        yield Item(
            amount=amount,
            quantity=ZERO if is_delivery else quantity,
            name=line.get("Наименование") or (ctx.words.shipping if is_delivery else ""),
            sku="" if is_delivery else (line.get("Артикул") or line.get("Ид"))[:100],
            discount=sum((decimal_of(each, "Сумма") for each in discounts), ZERO),
        )


def _apart(parts: list[Node]) -> Decimal:
    """The sums of discounts or taxes that are not in the line's sum already."""
    return sum((decimal_of(each, "Сумма") for each in parts if each.get("УчтеноВСумме").lower() == "false"), ZERO)


def _currency(document: Node, ctx: Context) -> dict[str, Any]:
    told = document.get("Валюта").upper()
    code = CURRENCIES.get(told, told)
    if not code or code == ctx.company.currency:
        return {}
    rate = ctx.rate(code) or decimal_of(document, "Курс")
    return {"currency": code, "rate": rate if rate > 0 and rate != 1 else None}


def _placed_at(document: Node, ctx: Context) -> str | None:
    day, clock = document.get("Дата"), document.get("Время")
    return iso(moment({"Дата": f"{day} {clock}" if clock and len(day) == 10 else day}, "Дата", ctx))


def _day_of(document: Node, mark: str, ctx: Context) -> str | None:
    raw = requisites(document).get(mark, "")
    return iso(moment({mark: raw}, mark, ctx)) if raw[:4].isdecimal() and raw[4:5] == "-" else None


def _buyer(document: Node, ctx: Context, told: Told) -> dict[str, Any]:
    parties = document.all("Контрагенты", "Контрагент")
    buyers = [each for each in parties if each.get("Роль") in ("Покупатель", "")] or parties
    if not buyers:
        return {}
    buyer = buyers[0]
    is_company = bool(buyer.get("ОфициальноеНаименование") or len(buyer.get("ИНН")) == 10)
    person = full_name(buyer.get("Фамилия"), buyer.get("Имя"), buyer.get("Отчество"))
    return {
        "external_id": buyer.get("Ид")[:200],
        "kind": "company" if is_company else "",
        "name": (buyer.get("Наименование") or person or buyer.get("ПолноеНаименование"))[:300],
        "city": _city(buyer),
        "contacts": _contacts(buyer, ctx, told),
    }


def _contacts(buyer: Node, ctx: Context, told: Told) -> list[dict[str, str]]:
    phones, emails = [], []
    for each in (node for node in buyer.walk() if node.name == "Контакт"):
        kind, value = each.get("Тип").lower(), each.get("Значение")
        if "@" in value:
            emails.append(value)
        elif "телефон" in kind or "phone" in kind:
            phones.append((value, ""))
    return contacts(ctx, told.notes, phones=phones, emails=emails)


def _city(buyer: Node) -> str:
    for place in (node for node in buyer.walk() if node.name == "АдресноеПоле"):
        if place.get("Тип") in ("Город", "Населенный пункт"):
            return place.get("Значение")[:200]
    return ""
