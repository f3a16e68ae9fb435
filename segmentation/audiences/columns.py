"""Fields that are a column of the customer, or of what stands beside the customer one to one."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable

from core.periods import add_months, day_start
from segmentation.audiences.lookups import ILike, escaped, not_true
from segmentation.audiences.registry import Choices, Condition, Context, Field, Group, Text, Type

_LOOKUPS = {"eq": "exact", "lt": "lt", "le": "lte", "gt": "gt", "ge": "gte"}
Days = tuple[date | None, date | None]


def choice(
    code: str,
    label: Text,
    group: Group,
    *,
    column: str,
    choices: Choices,
    watches: tuple[str, ...] = (),
    where: Callable[[list[str], Context], Condition] | None = None,
    hint: Text = "",
) -> Field:
    """One of some values: `in`, and `not_in`, which whoever has no value meets too.

    `where` stands instead of comparing `column`.
    """

    def compile_choice(op: str, value: list[str], ctx: Context) -> Condition:
        met = where(value, ctx) if where else Q(**{f"{column}__in": value})
        return not_true(met) if op == "not_in" else met

    return Field(code, label, group, Type.CHOICE, compile_choice, watches, choices=choices, hint=hint)


def number(
    code: str,
    label: Text,
    group: Group,
    *,
    column: str,
    watches: tuple[str, ...] = (),
    is_whole: bool = False,
    unit: str = "",
    hint: Text = "",
) -> Field:
    """A number; `is_whole` for columns of whole numbers."""
    compile_number = _compare(column)
    return Field(code, label, group, Type.NUMBER, compile_number, watches, unit=unit, is_whole=is_whole, hint=hint)


def money(
    code: str, label: Text, group: Group, *, column: str, watches: tuple[str, ...] = (), hint: Text = ""
) -> Field:
    """An amount in the installation's currency, over a MoneyField."""
    return Field(code, label, group, Type.MONEY, _compare(column), watches, hint=hint)


def _compare(column: str) -> Callable[[str, Any, Context], Condition]:
    def compare(op: str, value: Any, _ctx: Context) -> Condition:
        if op == "between":
            return Q(**{f"{column}__gte": value[0], f"{column}__lte": value[1]})
        return Q(**{f"{column}__{_LOOKUPS[op]}": value})

    return compare


def day(
    code: str,
    label: Text,
    group: Group,
    *,
    column: str,
    watches: tuple[str, ...] = (),
    is_moment: bool = False,
    ops: tuple[str, ...] = (),
    hint: Text = "",
) -> Field:
    """A day; `is_moment` for a column of moments, whose day is the company's."""

    def compile_day(op: str, value: Any, ctx: Context) -> Condition:
        if op == "empty":
            return Q(**{f"{column}__isnull": value})
        return within(column, span(op, value, ctx.as_of), is_moment=is_moment)

    return Field(code, label, group, Type.DATE, compile_day, watches, ops, hint=hint)


def span(op: str, value: Any, as_of: date) -> Days:
    """First and last day that a condition on a day asks for, None where it is open.

    The last n days end with today; "n or more days ago" is every day before them but one: 1 day ago is yesterday.
    """
    match op:
        case "on":
            return value, value
        case "before":
            return None, value - timedelta(days=1)
        case "after":
            return value + timedelta(days=1), None
        case "between":
            return value[0], value[1]
        case "last_days":
            return as_of - timedelta(days=value - 1), as_of
        case "more_than_days_ago":
            return None, as_of - timedelta(days=value)
        case "next_days":
            return as_of, as_of + timedelta(days=value - 1)
        case "month":
            return value, add_months(value, 1) - timedelta(days=1)
    raise ValueError(f"no such operator on a day: {op}")


def within(column: str, days: Days, *, is_moment: bool) -> Q:
    """Whether a column lies between two days, both included."""
    first, last = days
    met = Q()
    if first is not None:
        met &= Q(**{f"{column}__gte": day_start(first) if is_moment else first})
    if last is not None:
        end = day_start(last + timedelta(days=1)) if is_moment else last
        met &= Q(**{f"{column}__{'lt' if is_moment else 'lte'}": end})
    return met


def yes_no(
    code: str,
    label: Text,
    group: Group,
    *,
    condition: Callable[[Context], Condition],
    watches: tuple[str, ...] = (),
    hint: Text = "",
) -> Field:
    """Whether a condition is met."""

    def compile_yes_no(_op: str, value: bool, ctx: Context) -> Condition:
        met = condition(ctx)
        return met if value else not_true(met)

    return Field(code, label, group, Type.BOOL, compile_yes_no, watches, hint=hint)


def text(code: str, label: Text, group: Group, *, column: str, watches: tuple[str, ...] = (), hint: Text = "") -> Field:
    """A text; upper and lower case are the same. An empty text is nobody's."""

    def compile_text(op: str, value: str, _ctx: Context) -> Condition:
        return like(F(column), op, value)

    return Field(code, label, group, Type.TEXT, compile_text, watches, hint=hint)


def like(column: Combinable, op: str, value: str) -> Q:
    """Whether a text is `value` ("is") or holds it ("contains")."""
    pattern = escaped(value)
    return Q(ILike(column, Value(pattern if op == "is" else f"%{pattern}%")))
