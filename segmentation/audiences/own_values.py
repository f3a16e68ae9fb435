"""Conditions on the company's own fields: codes and values travel as parameters, no text becomes SQL or a keyword."""

from datetime import date
from decimal import Decimal

from django.db.models import BooleanField, F, Func, JSONField, Q, Value
from django.db.models.fields.json import KeyTextTransform

from segmentation.audiences.columns import like


class _PathExists(Func):
    """Whether a JSON path finds something; values of another type than asked for are simply not found."""

    function = "jsonb_path_exists"
    output_field = BooleanField()


_PATH = "$.keyvalue() ? (@.key == $code).value ? (@ {} $value)"
_SIGNS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def has_value(code: str, value: str | bool | list[str]) -> Q:
    """Whether the field has the value. The index on own fields leaves out customers without any."""
    return ~Q(custom={}) & Q(custom__contains={code: value})


def has_part(code: str, op: str, text: str) -> Q:
    """Whether a text is (`is`) or holds (`contains`) what is asked for."""
    return ~Q(custom={}) & like(KeyTextTransform(code, F("custom")), op, text)


def compares(code: str, op: str, value: Decimal | date) -> Q:
    """Whether a number or a day is lt, le, gt, ge than what is asked for."""
    plain = value.isoformat() if isinstance(value, date) else float(value)
    told = Value({"code": code, "value": plain}, output_field=JSONField())
    path = Func(Value(_PATH.format(_SIGNS[op])), template="%(expressions)s::jsonpath")
    return ~Q(custom={}) & Q(_PathExists(F("custom"), path, told))
