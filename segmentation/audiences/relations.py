"""Fields that are rows of another table: some, none, at least so many of them, narrowed by keys and days."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from segmentation.audiences.columns import span, within
from segmentation.audiences.lookups import not_true
from segmentation.audiences.registry import Choices, Condition, Context, Field, Group, Key, Text, Type

Rows = Callable[[Context], QuerySet]


def key(
    code: str,
    label: Text,
    *,
    column: str = "",
    choices: Choices | None = None,
    is_range: bool = False,
    where: Callable[[Any], Q] | None = None,
) -> Key:
    """A narrowing key: a list of choices, a range of whole numbers, or a part of a text."""
    return Key(code, label, column, choices, is_range, where)


def relation(
    code: str,
    label: Text,
    group: Group,
    *,
    rows: Rows,
    day: str = "",
    is_moment: bool = False,
    keys: tuple[Key, ...] = (),
    customer: str = "customer",
    watches: tuple[str, ...] = (),
    hint: Text = "",
) -> Field:
    """Rows of a table that name the customer in the column `customer`, and a day (or moment) in `day`."""

    def compile_relation(op: str, value: Mapping[str, Any], ctx: Context) -> Condition:
        found = rows(ctx).filter(_narrowed(keys, value), _of_days(value, ctx))
        if op == "at_least":
            return _at_least(found, customer, value["count"], ctx)
        exists = Exists(found.filter(**{customer: OuterRef("pk")}))
        return not_true(exists) if op == "none" else exists

    def _of_days(value: Mapping[str, Any], ctx: Context) -> Q:
        met = within(day, (value.get("from"), value.get("to")), is_moment=is_moment) if day else Q()
        if day and "last_days" in value:
            met &= within(day, span("last_days", value["last_days"], ctx.as_of), is_moment=is_moment)
        return met

    return Field(code, label, group, Type.RELATION, compile_relation, watches, keys=keys, has_days=bool(day), hint=hint)


def _narrowed(keys: tuple[Key, ...], value: Mapping[str, Any]) -> Q:
    """All in one filter, so that of many lines one meets them all."""
    met = Q()
    for each in keys:
        if each.code in value:
            met &= _key_met(each, value[each.code])
    return met


def _key_met(each: Key, asked: Any) -> Q:
    if each.where is not None:
        return each.where(asked)
    if each.choices is not None:
        return Q(**{f"{each.column}__in": asked})
    if each.is_range:
        return Q(**{f"{each.column}__gte": asked[0], f"{each.column}__lte": asked[1]})
    return Q(**{f"{each.column}__icontains": asked})


def _at_least(found: QuerySet, customer: str, count: int, ctx: Context) -> Condition:
    """Counted once for all customers asked about, not for each anew."""
    if ctx.customer_ids is not None:
        found = found.filter(**{f"{customer}__in": list(ctx.customer_ids)})
    counted = found.order_by().exclude(**{f"{customer}__isnull": True}).values(customer)
    enough = counted.annotate(audience_rows=Count("pk", distinct=True)).filter(audience_rows__gte=count)
    return Q(pk__in=enough.values(customer))
