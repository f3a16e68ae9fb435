"""The kinds of file that this app takes: customers, orders, order lines, products."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.actions.imports.gathering import gather
from customers.actions.imports.kinds import ImportKind, Reader, RowResult, Telling, record_by_mode, register
from customers.actions.imports.targets import (
    all_order_targets,
    customer_targets,
    order_line_targets,
    order_targets,
    product_targets,
)
from customers.actions.locks import identity_keys
from customers.actions.orders import record_orders
from customers.actions.people import record_customers
from customers.actions.products_push import record_products
from customers.models import Product
from customers.queries.labels import field_specs
from customers.rules.products import ProductData, read_product
from customers.rules.reading import read_customer, read_order
from customers.rules.records import Company, CustomerData, OrderData


def _order_reader(company: Company, now: datetime) -> Reader:
    def read(payload: dict[str, Any]) -> OrderData:
        gather(payload)
        return read_order(payload, company, now)

    return read


def _record_orders(orders: Sequence[OrderData], telling: Telling) -> list[RowResult]:
    results = record_orders(orders=orders, now=telling.now, mode=telling.mode)
    return [RowResult(r.fate.value, r.customer_id, r.is_new_customer, r.faults) for r in results]


def _customer_reader(company: Company, _now: datetime) -> Reader:
    specs = field_specs()

    def read(payload: dict[str, Any]) -> CustomerData:
        gather(payload)
        return read_customer(payload, company, specs)

    return read


def _record_customers(customers: Sequence[CustomerData], telling: Telling) -> list[RowResult]:
    results = record_customers(customers=customers, now=telling.now, mode=telling.mode, key=telling.key, by=telling.by)
    return [RowResult(r.fate.value, r.customer_id or None, r.fate == "created", r.faults) for r in results]


def _product_reader(company: Company, _now: datetime) -> Reader:
    return lambda payload: read_product(payload, company)


def _record_products(products: Sequence[ProductData], telling: Telling) -> list[RowResult]:
    known = set(Product.objects.filter(sku__in=[each.sku for each in products]).values_list("sku", flat=True))
    return record_by_mode(
        products,
        telling.mode,
        [each.sku in known for each in products],
        lambda wanted: [
            RowResult(r.fate.value, faults=r.faults) for r in record_products(products=wanted, now=telling.now)
        ],
    )


def _identity_of_order(order: OrderData) -> list[str]:
    return identity_keys(order.customer)


_BY_ORDER_ID = (("external_id", _("Order's id in the source")),)

register(
    ImportKind(
        code="customers",
        label=_("Customers"),
        about=_("One customer a row: names, contacts, consents, tags, own fields."),
        fields=customer_targets,
        reader=_customer_reader,
        record=_record_customers,
        keys=(("external_id", _("Id in the source")), ("phone", _("Phone")), ("email", _("E-mail"))),
        identity=identity_keys,
    )
)
register(
    ImportKind(
        code="orders",
        label=_("Orders"),
        about=_("One order a row, with its total and its customer."),
        fields=order_targets,
        also=all_order_targets,
        reader=_order_reader,
        record=_record_orders,
        keys=_BY_ORDER_ID,
        level="order",
        identity=_identity_of_order,
    )
)
register(
    ImportKind(
        code="order_lines",
        label=_("Order lines"),
        about=_("One line of an order a row: what was bought. Rows with the same order id make one order."),
        fields=order_line_targets,
        also=all_order_targets,
        reader=_order_reader,
        record=_record_orders,
        keys=_BY_ORDER_ID,
        level="line",
        identity=_identity_of_order,
    )
)
register(
    ImportKind(
        code="products",
        label=_("Products"),
        about=_("One product a row: code, name, category, price, cost."),
        fields=product_targets,
        reader=_product_reader,
        record=_record_products,
        keys=(("sku", _("Product code")),),
        needs_source=False,
    )
)
