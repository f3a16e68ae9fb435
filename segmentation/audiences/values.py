"""Values of conditions: from JSON to what a field compiles, and back."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from segmentation.audiences.registry import Choices, Field, Key, Type

MOST_VALUES = 500
MOST_TEXT = 200
MOST_NUMBER = Decimal(10) ** 14
MOST_DECIMALS = 12
MOST_DAYS = 36_500
MOST_ROWS = 1_000_000
MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class ValueFault(ValueError):
    """A value that cannot be used; its text says what was wrong and what was expected. `where` is inside the value."""

    def __init__(self, text: str, where: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.where = where


def read_value(field: Field, op: str, raw: Any) -> Any:
    """The value of a condition as its field compiles it. Raises ValueFault."""
    if field.value is not None:
        try:
            return field.value(op, raw)
        except ValueFault:
            raise
        except ValueError as error:
            raise ValueFault(str(error)) from error
    return _READERS[field.type](field, op, raw)


def _choice(field: Field, _op: str, raw: Any) -> list[str]:
    return read_choices(raw, field.choices)


def read_choices(raw: Any, choices: Choices | None) -> list[str]:
    """A list of chosen values, each once, in the order given. Raises ValueFault."""
    if not isinstance(raw, list) or not raw:
        raise ValueFault(_("Choose at least one value."))
    if len(raw) > MOST_VALUES:
        raise ValueFault(_("At most %(most)s values can be chosen.") % {"most": MOST_VALUES})
    if any(isinstance(each, bool) or not isinstance(each, str | int) for each in raw):
        raise ValueFault(_("The values are a list of texts or ids."))
    values = list(dict.fromkeys(map(str, raw)))
    for value in values:
        if len(value) > MOST_TEXT or "\0" in value or (choices is not None and not choices.accepts(value)):
            raise ValueFault(_("“%(value)s” is not one of the values to choose from.") % {"value": value[:50]})
    return values


def _number(field: Field, op: str, raw: Any) -> Any:
    read = _whole if field.is_whole else _decimal
    return read_range(raw, read) if op == "between" else read(raw)


def read_range(raw: Any, read: Callable[[Any], Any]) -> list[Any]:
    """[lowest, highest], both included. Raises ValueFault."""
    if not isinstance(raw, list) or len(raw) != 2:
        raise ValueFault(_("Two values are needed: from and to."))
    ends = [read(each) for each in raw]
    if ends[0] > ends[1]:
        raise ValueFault(_("The first value is greater than the second."))
    return ends


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal) or len(str(raw)) > 30:
        raise ValueFault(_("A number is expected, such as 1500 or 0.5."))
    try:
        value = Decimal(str(raw).strip().replace(",", "."))
    except InvalidOperation as error:
        raise ValueFault(_("A number is expected, such as 1500 or 0.5.")) from error
    if not value.is_finite() or abs(value) > MOST_NUMBER:
        raise ValueFault(_("The number is too large."))
    # Written out, "1e-999999999" fills the memory, and 1e-320 is longer than what is read back.
    if not -MOST_DECIMALS <= int(value.as_tuple().exponent) <= MOST_NUMBER.adjusted():
        raise ValueFault(_("A number is expected, such as 1500 or 0.5."))
    return value


def _whole(raw: Any) -> int:
    value = _decimal(raw)
    if value != int(value) or abs(value) >= 2**31:
        raise ValueFault(_("A whole number is expected."))
    return int(value)


def _days_count(raw: Any) -> int:
    value = _whole(raw)
    if not 1 <= value <= MOST_DAYS:
        raise ValueFault(_("A number of days from 1 to 36,500 is expected."))
    return value


def read_day(raw: Any) -> date:
    """A day as 2026-01-31. Raises ValueFault."""
    if isinstance(raw, date):
        return raw
    try:
        if isinstance(raw, str) and DAY.fullmatch(raw) and "1900" <= raw[:4] <= "2999":
            return date.fromisoformat(raw)
    except ValueError:
        pass
    raise ValueFault(_("A day is expected, as 2026-01-31."))


def read_month(raw: Any) -> date:
    """The first day of a month given as 2026-01. Raises ValueFault."""
    if isinstance(raw, date):
        return raw.replace(day=1)
    found = MONTH.fullmatch(raw) if isinstance(raw, str) else None
    if found is None or not ("1900" <= found[1] <= "2999" and "01" <= found[2] <= "12"):
        raise ValueFault(_("A month is expected, as 2026-01."))
    return date(int(found[1]), int(found[2]), 1)


def _date(_field: Field, op: str, raw: Any) -> Any:
    if op in ("last_days", "more_than_days_ago", "next_days"):
        return _days_count(raw)
    if op == "empty":
        return _yes_no(_field, op, raw)
    if op == "month":
        return read_month(raw)
    return read_range(raw, read_day) if op == "between" else read_day(raw)


def _yes_no(_field: Field, _op: str, raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise ValueFault(_("Yes or no is expected."))
    return raw


def _text(_field: Field, _op: str, raw: Any) -> str:
    return read_text(raw)


def read_text(raw: Any) -> str:
    """A text that says something. Raises ValueFault."""
    text = " ".join(raw.split()) if isinstance(raw, str) else ""
    if not text or "\0" in text:
        raise ValueFault(_("Enter a text."))
    if len(text) > MOST_TEXT:
        raise ValueFault(_("The text is longer than %(most)s characters.") % {"most": MOST_TEXT})
    return text


def _relation(field: Field, op: str, raw: Any) -> dict[str, Any]:
    if raw is None:
        raw = {}
    if not isinstance(raw, Mapping):
        raise ValueFault(_("An object of narrowing keys is expected."))
    read: dict[str, Any] = {}
    for code, value in raw.items():
        if value in (None, "", []):
            continue
        try:
            read[code] = _narrowing(field, op, code, value)
        except ValueFault as fault:
            raise ValueFault(fault.text, str(code)) from fault
    if op == "at_least" and "count" not in read:
        raise ValueFault(_("Say how many at least."), "count")
    first, last = read.get("from"), read.get("to")
    if first and last and first > last:
        raise ValueFault(_("The first day is after the last one."), "to")
    return read


def _narrowing(field: Field, op: str, code: str, value: Any) -> Any:
    if code == "count" and op == "at_least":
        count = _whole(value)
        if not 1 <= count <= MOST_ROWS:
            raise ValueFault(_("A number from 1 is expected."))
        return count
    if field.has_days and code in ("from", "to"):
        return read_day(value)
    if field.has_days and code == "last_days":
        return _days_count(value)
    known = field.key(code)
    if known is None:
        raise ValueFault(_("“%(field)s” knows no “%(key)s”.") % {"field": field.label, "key": str(code)[:50]})
    return _key_value(known, value)


def _key_value(known: Key, value: Any) -> Any:
    if known.choices is not None:
        return read_choices(value, known.choices)
    return read_range(value, _whole) if known.is_range else read_text(value)


_READERS: dict[Type, Callable[[Field, str, Any], Any]] = {
    Type.CHOICE: _choice,
    Type.NUMBER: _number,
    Type.MONEY: _number,
    Type.DATE: _date,
    Type.BOOL: _yes_no,
    Type.TEXT: _text,
    Type.RELATION: _relation,
}


def in_json(op: str, value: Any) -> Any:
    """A value as it is kept."""
    match value:
        case date():
            return value.strftime("%Y-%m") if op == "month" else value.isoformat()
        case Decimal():
            return f"{value:f}"
        case list():
            return [in_json(op, each) for each in value]
        case Mapping():
            return {code: in_json("", each) for code, each in value.items()}
    return value
