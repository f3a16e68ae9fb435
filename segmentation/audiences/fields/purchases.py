"""What was bought, how much and when. Only counted orders: neither cancelled nor wholly returned."""

from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, Q, Value
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from core.money import to_minor
from customers.models import Order, Product, ProductCategory
from segmentation.audiences import columns
from segmentation.audiences.registry import Condition, Context, Field, Group, Type, long_table, register, table
from segmentation.audiences.relations import key, relation

STATISTICS = ("segmentation_purchasestatistics",)
# Whoever changes the lines of an order writes the order too.
ORDERS = ("customers_order",)


def _average_check(op: str, value: Any, _ctx: Context) -> Condition:
    """Revenue against check x orders: exact, without a division."""
    if op == "between":
        return _check(GreaterThanOrEqual, value[0]) & _check(LessThanOrEqual, value[1])
    if op == "eq":
        return _check(GreaterThanOrEqual, value) & _check(LessThanOrEqual, value)
    return _check({"lt": LessThan, "le": LessThanOrEqual, "gt": GreaterThan, "ge": GreaterThanOrEqual}[op], value)


def _check(lookup: Any, value: Any) -> Q:
    revenue = Cast("statistics__revenue", BigIntegerField())
    limit = Value(to_minor(value), BigIntegerField()) * Cast("statistics__orders", BigIntegerField())
    return Q(lookup(revenue, ExpressionWrapper(limit, BigIntegerField())))


for _code, _label, _hint in (
    ("orders", _("Orders, all time"), ""),
    ("window_orders", _("Orders in the grading window"), _("As many as the grade was judged by.")),
):
    register(
        columns.number(
            _code,
            _label,
            Group.PURCHASES,
            column=f"statistics__{_code}",
            is_whole=True,
            watches=STATISTICS,
            hint=_hint,
        )
    )
for _code, _label in (("revenue", _("Revenue, all time")), ("margin", _("Margin, all time"))):
    register(columns.money(_code, _label, Group.PURCHASES, column=f"statistics__{_code}", watches=STATISTICS))
register(
    Field(
        "average_check", _("Average check, all time"), Group.PURCHASES, Type.MONEY, _average_check, watches=STATISTICS
    )
)
register(columns.day("first_on", _("First order"), Group.PURCHASES, column="statistics__first_on", watches=STATISTICS))
register(columns.day("last_on", _("Last order"), Group.PURCHASES, column="statistics__last_on", watches=STATISTICS))
register(
    relation(
        "bought",
        _("Bought"),
        Group.PURCHASES,
        rows=lambda _ctx: Order.objects.counted(),
        day="placed_on",
        watches=ORDERS,
        keys=(
            key("product", _("Product"), column="lines__product", choices=long_table(Product, "name")),
            key("category", _("Category"), column="lines__product__category", choices=table(ProductCategory, "name")),
        ),
        hint=_("Orders that hold such a product; with nothing chosen, any order."),
    )
)
