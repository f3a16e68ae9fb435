"""The fields of customers, orders and products, as columns of a file."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import Language
from customers.actions.imports.kinds import Target, Text
from customers.models import AddressKind, ContactChannel, CustomerKind, CustomField, OrderStatus

_ORDER = _("Order")
_LINE = _("Order line")
_CUSTOMER = _("Customer")
_ADDRESS = _("Address")
_PERSON = _("Contact person")
_CONSENT = _("Consent")
_OWN = _("Own fields")
_SEVERAL = _("Several are separated by a semicolon.")

_EXTERNAL_ID = ("id", "customer id", "client id", "customer_id", "client_id", "external id", "external_id", "card",
                "код клиента", "id клиента", "ид", "ид клиента", "карта", "номер карты", "код")  # fmt: skip
_NAME = ("name", "full name", "customer", "client", "customer name", "имя", "фио", "клиент", "покупатель",
         "контрагент", "наименование", "название", "имя клиента")  # fmt: skip
_PHONE = ("phone", "phone number", "mobile", "tel", "telephone", "телефон", "тел", "тел.", "номер телефона",
          "мобильный", "мобильный телефон", "телефоны", "phones")  # fmt: skip
_EMAIL = ("email", "e-mail", "mail", "email address", "почта", "эл. почта", "электронная почта", "e-mail клиента",
          "адрес электронной почты", "имейл", "емейл")  # fmt: skip


def customer_targets() -> list[Target]:
    """Fields of a file of customers, the company's own ones among them."""
    return [*_identity(), *_details(), *_places(), *_people(), *_consents(), *_custom()]


def _identity() -> Iterator[Target]:
    yield Target("external_id", _("Customer's id in the source"), words=_EXTERNAL_ID, group=_CUSTOMER)
    yield Target("name", _("Name"), words=_NAME, group=_CUSTOMER, help=_("Several columns are joined by a space."))
    yield Target("phone", _("Phone"), words=_PHONE, group=_CUSTOMER, help=_SEVERAL)
    yield Target("email", _("E-mail"), words=_EMAIL, group=_CUSTOMER, help=_SEVERAL)
    yield Target("telegram", _("Telegram"), words=("telegram", "телеграм", "телеграмм", "tg"), group=_CUSTOMER)
    yield Target("whatsapp", _("WhatsApp"), words=("whatsapp", "ватсап", "вотсап"), group=_CUSTOMER)


def _details() -> Iterator[Target]:
    kinds = tuple(CustomerKind.choices)
    yield Target(
        "kind", _("Person or company"), "choice", choices=kinds, words=("kind", "вид клиента"), group=_CUSTOMER
    )
    yield Target("tax_number", _("Tax number"), words=("tax number", "vat", "инн", "tax_number"), group=_CUSTOMER)
    birthday = ("birthday", "birth date", "date of birth", "дата рождения", "день рождения", "др")
    yield Target("birthday", _("Birthday"), "date", words=birthday, group=_CUSTOMER)
    yield Target("city", _("City"), words=("city", "town", "город"), group=_CUSTOMER)
    languages = tuple(Language.choices)
    yield Target("language", _("Language"), "choice", choices=languages, words=("language", "язык"), group=_CUSTOMER)
    zones = ("time zone", "timezone", "time_zone", "часовой пояс")
    yield Target("time_zone", _("Time zone"), words=zones, group=_CUSTOMER, help=_("Such as Asia/Yekaterinburg."))
    yield Target("tags", _("Tags"), words=("tags", "tag", "теги", "метки", "тег"), group=_CUSTOMER, help=_SEVERAL)
    owner = ("owner", "manager", "farmer", "ответственный", "менеджер", "фермер")
    yield Target("owner", _("Owner"), words=owner, group=_CUSTOMER, help=_("The e-mail of a person who works here."))
    channel = ("channel", "utm_source", "канал", "источник", "откуда")
    yield Target("channel", _("Channel code"), words=channel, group=_CUSTOMER)


def _places() -> Iterator[Target]:
    line = ("address", "street address", "адрес", "адрес доставки", "улица")
    yield Target("address.line", _("Street, house, flat"), words=line, group=_ADDRESS)
    yield Target("address.city", _("City of the address"), group=_ADDRESS)
    postcode = ("postcode", "zip", "postal code", "индекс", "почтовый индекс")
    yield Target("address.postcode", _("Postcode"), words=postcode, group=_ADDRESS)
    yield Target("address.country", _("Country"), group=_ADDRESS, help=_("Two letters, such as RU."))
    kinds = tuple(AddressKind.choices)
    yield Target("address.kind", _("What the address is for"), "choice", choices=kinds, group=_ADDRESS)


def _people() -> Iterator[Target]:
    words = ("contact person", "контактное лицо")
    yield Target("person.name", _("Name of the contact person"), words=words, group=_PERSON)
    yield Target("person.role", _("Role of the contact person"), words=("position", "должность"), group=_PERSON)


def _consents() -> Iterator[Target]:
    words = {"email": ("agrees", "consent", "согласие", "согласие на рассылку", "подписка", "subscribed")}
    for channel, label in ContactChannel.choices:
        text = _("Consent: %(channel)s") % {"channel": label}
        yield Target(f"consent.{channel}", text, "consent", words=words.get(channel, ()), group=_CONSENT)
    yield Target("consent.at", _("When consent was given"), "date", words=("дата согласия",), group=_CONSENT)
    yield Target("consent.proof", _("Proof of consent"), group=_CONSENT)
    yield Target("consent.text_version", _("Version of the text agreed to"), group=_CONSENT)


def _custom() -> Iterator[Target]:
    for own in CustomField.objects.filter(is_active=True):
        choices = tuple((choice, choice) for choice in own.choices)
        words = (own.name.lower(), own.code.lower())
        yield Target(f"custom.{own.code}", own.name, own.kind, choices=choices, words=words, group=_OWN)


def order_targets() -> list[Target]:
    """Fields of a file with one order a row."""
    return [*_order(), *_sums(), *_of_customer()]


def order_line_targets() -> list[Target]:
    """Fields of a file with one line of an order a row."""
    return [*_order(), *_line(), *_of_customer()]


def all_order_targets() -> list[Target]:
    """What a mapping of either may name: an order of one line may stand in one row."""
    return [*_order(), *_sums(), *_line(), *_of_customer()]


def _order() -> Iterator[Target]:
    ids = ("order id", "order_id", "order", "order number", "receipt", "invoice", "id заказа", "номер заказа", "заказ",
           "чек", "номер чека", "номер", "№", "№ заказа", "external_id", "id", "basket_id")  # fmt: skip
    yield Target("external_id", _("Order's id in the source"), required=True, words=ids, group=_ORDER)
    placed = ("date", "order date", "placed at", "placed_at", "created at", "created", "дата", "дата заказа",
              "дата и время", "время", "дата чека", "дата продажи", "purchase date")  # fmt: skip
    yield Target("placed_at", _("When it was placed"), "date", required=True, words=placed, group=_ORDER)
    statuses = tuple(OrderStatus.choices)
    status = ("status", "state", "статус", "состояние")
    yield Target("status", _("Status"), "choice", choices=statuses, words=status, group=_ORDER)
    yield Target("number", _("Number to show"), words=("number",), group=_ORDER)
    yield Target("fulfilled_at", _("When it was fulfilled"), "date", words=("fulfilled_at", "выполнен"), group=_ORDER)
    yield Target("updated_at", _("When it was changed last"), "date", words=("updated_at", "изменён"), group=_ORDER)
    yield Target("version", _("Version"), "whole", words=("version", "версия"), group=_ORDER)
    yield Target("currency", _("Currency"), words=("currency", "валюта"), group=_ORDER)
    yield Target("rate", _("Rate to the base currency"), "number", words=("rate", "курс"), group=_ORDER)
    promo = ("promo code", "promo_code", "coupon", "промокод", "купон")
    yield Target("promo_code", _("Promo code"), words=promo, group=_ORDER)
    channel = ("channel", "utm_source", "канал", "источник")
    yield Target("channel", _("Channel code"), words=channel, group=_ORDER)


def _sums() -> Iterator[Target]:
    total = ("total", "sum", "amount", "revenue", "order total", "сумма", "итого", "сумма заказа", "стоимость",
             "сумма чека", "order_total")  # fmt: skip
    help_ = _("After discounts, before returns.")
    yield Target("total", _("Total"), "number", required=True, words=total, group=_ORDER, help=help_)
    yield Target("discount", _("Discount"), "number", words=("discount", "скидка", "сумма скидки"), group=_ORDER)
    yield Target("returned", _("Returned sum"), "number", words=("returned", "refund", "возврат"), group=_ORDER)
    yield Target("cost", _("Cost of goods"), "number", words=("cost", "себестоимость"), group=_ORDER)


def _line() -> Iterator[Target]:
    sku = ("sku", "product code", "product id", "product_id", "article", "артикул", "код товара", "штрихкод")
    yield Target("line.sku", _("Product code"), words=sku, group=_LINE)
    name = ("product", "item", "product name", "товар", "наименование товара", "название товара", "номенклатура")
    yield Target("line.name", _("Product name"), words=name, group=_LINE)
    yield Target("line.category", _("Category"), words=("category", "категория", "группа товара"), group=_LINE)
    quantity = ("quantity", "qty", "count", "количество", "кол-во", "кол.")
    yield Target("line.quantity", _("Quantity"), "number", words=quantity, group=_LINE)
    amount = ("sum", "amount", "line total", "сумма", "стоимость", "sales_value")
    yield Target(
        "line.amount", _("Sum of the line"), "number", words=amount, group=_LINE, help=_("After its discount.")
    )
    yield Target("line.price", _("Price of one"), "number", words=("price", "цена", "цена за единицу"), group=_LINE)
    yield Target("line.discount", _("Discount of the line"), "number", words=("discount", "скидка"), group=_LINE)
    yield Target("line.cost", _("Cost of the line"), "number", words=("cost", "себестоимость"), group=_LINE)
    yield Target("line.returned_quantity", _("Returned quantity"), "number", words=("returned", "возврат"), group=_LINE)
    yield Target("line.returned_amount", _("Returned sum of the line"), "number", group=_LINE)


def _of_customer() -> Iterator[Target]:
    """An order tells who bought; the rest of a card comes in a file of customers."""
    ids = tuple(word for word in _EXTERNAL_ID if word not in ("id", "ид", "код"))
    renamed = {"external_id": ids}
    for target in (*_identity(), *_details(), *_consents()):
        if target.name not in ("tags", "owner", "birthday", "tax_number"):
            words = renamed.get(target.name, target.words)
            yield _prefixed(target, words if target.name != "channel" else ())


def _prefixed(target: Target, words: tuple[str, ...]) -> Target:
    group: Text = target.group
    return Target(
        f"customer.{target.name}", target.label, target.kind, choices=target.choices, words=words, group=group,
        help=target.help,
    )  # fmt: skip


def product_targets() -> list[Target]:
    """Fields of a file of products."""
    sku = ("sku", "code", "product code", "product_id", "id", "article", "артикул", "код", "код товара", "штрихкод")
    name = ("name", "product", "title", "наименование", "название", "товар", "номенклатура")
    active = ("active", "is_active", "в продаже", "активен")
    return [
        Target("sku", _("Product code"), required=True, words=sku),
        Target("name", _("Name"), words=name),
        Target("category", _("Category"), words=("category", "категория", "группа")),
        Target("price", _("Price"), "number", words=("price", "цена", "розничная цена")),
        Target("cost", _("Cost of one"), "number", words=("cost", "себестоимость", "закупочная цена")),
        Target("is_active", pgettext_lazy("product", "On sale"), "yes_no", words=active),
    ]
