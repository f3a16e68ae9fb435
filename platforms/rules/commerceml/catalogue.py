"""Goods and prices of 1C's catalogue files (import.xml, offers.xml)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from platforms.rules.commerceml.orders import CURRENCIES, YES, decimal_of
from platforms.rules.commerceml.xml import Node, records
from platforms.rules.contract import Unreadable

WANTED = frozenset({"Группы", "Товар", "Предложение"})


@dataclass(frozen=True, slots=True)
class Goods:
    """One product as the catalogue tells it. Empty and None mean: not told."""

    external_id: str
    sku: str = ""
    name: str = ""
    category: str = ""
    price: Decimal | None = None
    is_active: bool = True


def goods_in(chunks: Iterable[bytes], *, currency: str, price_type: str = "") -> Iterator[Goods]:
    """The products and the offers of a file. `price_type`: the id of the kind of price; the first one by default.

    A price in another currency than the company's is left out.
    """
    groups: dict[str, str] = {}
    for node in records(chunks, WANTED):
        if node.name == "Группы":
            groups |= {each.get("Ид"): each.get("Наименование") for each in node.walk() if each.name == "Группа"}
        elif node.name == "Товар":
            yield _product(node, groups)
        else:
            yield _offer(node, currency, price_type)


def _product(node: Node, groups: dict[str, str]) -> Goods:
    category = next((groups[each.text.strip()] for each in node.all("Группы", "Ид") if each.text.strip() in groups), "")
    is_gone = node.attributes.get("Статус") == "Удален" or node.get("ПометкаУдаления").lower() in YES
    return Goods(
        external_id=_id(node),
        sku=node.get("Артикул")[:100],
        name=" ".join(node.get("Наименование").split())[:300],
        category=" ".join(category.split())[:200],
        is_active=not is_gone and node.get("Статус") != "Удален",
    )


def _offer(node: Node, currency: str, price_type: str) -> Goods:
    return Goods(external_id=_id(node), sku=node.get("Артикул")[:100], price=_price(node, currency, price_type))


def _id(node: Node) -> str:
    # A variety of a product is named product#variety: it is sold and priced as the product.
    found = node.get("Ид").partition("#")[0][:100]
    if not found:
        raise Unreadable("no_id", field="Ид")
    return found


def _price(node: Node, currency: str, price_type: str) -> Decimal | None:
    for price in node.all("Цены", "Цена"):
        if price_type and price.get("ИдТипаЦены") != price_type:
            continue
        told = price.get("Валюта").upper()
        amount = decimal_of(price, "ЦенаЗаЕдиницу")
        if amount > 0 and (not told or CURRENCIES.get(told, told) == currency):
            return amount
    return None
