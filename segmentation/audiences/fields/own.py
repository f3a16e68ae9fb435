"""The company's own fields, by the code "own.<code>"."""

from typing import Any

from django.db.models import Q

from customers.models import CustomField, FieldKind
from customers.queries.labels import fields_in_use
from segmentation.audiences.columns import span
from segmentation.audiences.lookups import not_true
from segmentation.audiences.own_values import compares, has_part, has_value
from segmentation.audiences.registry import Condition, Context, Field, Group, Type, fixed, register_family

PREFIX = "own"
_TYPES = {
    FieldKind.TEXT: Type.TEXT,
    FieldKind.NUMBER: Type.NUMBER,
    FieldKind.DATE: Type.DATE,
    FieldKind.YES_NO: Type.BOOL,
    FieldKind.CHOICE: Type.CHOICE,
}


def _field(own: CustomField) -> Field:
    kind = FieldKind(own.kind)

    def compile_own(op: str, value: Any, ctx: Context) -> Condition:
        return _COMPILERS[kind](own.code, op, value, ctx)

    choices = fixed((each, each) for each in own.choices) if kind == FieldKind.CHOICE else None
    return Field(
        f"{PREFIX}.{own.code}",
        own.name,
        Group.OWN,
        _TYPES[kind],
        compile_own,
        ("customers_customer",),
        choices=choices,
    )


def _text(code: str, op: str, value: str, _ctx: Context) -> Condition:
    return has_part(code, op, value)


def _number(code: str, op: str, value: Any, _ctx: Context) -> Condition:
    if op == "between":
        return compares(code, "ge", value[0]) & compares(code, "le", value[1])
    if op == "eq":
        return compares(code, "ge", value) & compares(code, "le", value)
    return compares(code, op, value)


def _day(code: str, op: str, value: Any, ctx: Context) -> Condition:
    if op == "empty":
        filled = Q(custom__has_key=code)
        return not_true(filled) if value else filled
    first, last = span(op, value, ctx.as_of)
    ends = [compares(code, op, day) for op, day in (("ge", first), ("le", last)) if day]
    return ends[0] & ends[-1]


def _yes_no(code: str, _op: str, value: bool, _ctx: Context) -> Condition:
    """ "No" is what somebody wrote down, not what nobody asked."""
    return has_value(code, value)


def _choice(code: str, op: str, values: list[str], _ctx: Context) -> Condition:
    met = has_value(code, values[0])
    for each in values[1:]:
        met |= has_value(code, each)
    return not_true(met) if op == "not_in" else met


_COMPILERS: dict[FieldKind, Any] = {
    FieldKind.TEXT: _text,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _day,
    FieldKind.YES_NO: _yes_no,
    FieldKind.CHOICE: _choice,
}


def _one(code: str) -> Field | None:
    found = CustomField.objects.filter(code=code.removeprefix(f"{PREFIX}."), is_active=True).first()
    return _field(found) if found is not None else None


register_family(PREFIX, _one, lambda: [_field(each) for each in fields_in_use()])
