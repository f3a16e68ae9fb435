"""Values of the fields that a company adds to its customers, read by their type from JSON or from text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from customers.rules.faults import Fault, Faulty
from customers.rules.moments import read_moment, to_moment
from customers.rules.numbers import read_number, to_number
from customers.rules.text import clean_text

# What is kept in `Customer.custom`.
Value = str | int | float | bool
MAX_TEXT = 1000
# Eleven digits and four places are read back from a JSON number as they were written.
MAX_NUMBER = Decimal(10**11)
PLACES = Decimal("0.0001")
YES = frozenset(("yes", "true", "1", "y", "да", "д", "истина", "+"))
NO = frozenset(("no", "false", "0", "n", "нет", "н", "ложь", "-"))


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field as reading needs it. `kind`: text, number, date, yes_no or choice; `choices` only for the last."""

    code: str
    kind: str
    choices: tuple[str, ...] = ()


def read_custom(fields: Mapping[str, FieldSpec], data: Any) -> tuple[dict[str, Value | None], list[Fault]]:
    """Values by code as they are kept, and every mistake found, on `custom.<code>`.

    Text is read as well as JSON's own types, so that a cell of a file will do. "" says nothing and is left
    out; None asks to take the value away, and comes back as None.
    """
    if not isinstance(data, dict):
        return {}, [Fault("custom", "not_object")]
    values: dict[str, Value | None] = {}
    faults: list[Fault] = []
    for code, told in data.items():
        spec = fields.get(code)
        path = f"custom.{str(code)[:50]}"
        if spec is None:
            faults.append(Fault(path, "unknown_field"))
        elif told is None:
            values[code] = None
        elif told != "":
            try:
                values[code] = READERS[spec.kind](told, path, spec)
            except Faulty as refusal:
                faults += refusal.faults
    return {code: value for code, value in values.items() if value != ""}, faults


def changed(held: Mapping[str, Any], told: Mapping[str, Value | None]) -> dict[str, Any]:
    """What is kept after the told values are taken over; None takes one away, the others stay."""
    after = {**held, **told}
    return {code: value for code, value in after.items() if value is not None}


def _text(told: Any, path: str, _spec: FieldSpec) -> Value:
    return clean_text(told, path, MAX_TEXT)


def _number(told: Any, path: str, _spec: FieldSpec) -> Value:
    told = Decimal(repr(told)) if isinstance(told, float) else told
    number = read_number(told.strip(), path) if isinstance(told, str) else to_number(told, path)
    if abs(number) > MAX_NUMBER:
        raise Faulty([Fault(path, "too_large", {"maximum": format(MAX_NUMBER, "f")})])
    number = number.quantize(PLACES, rounding=ROUND_HALF_UP)
    return int(number) if number == number.to_integral_value() else float(number)


def _date(told: Any, path: str, _spec: FieldSpec) -> Value:
    return read_day(told, path).isoformat()


def read_day(told: Any, path: str) -> date:
    """A day as people and programs write it; a time beside it is left out. Raises Faulty."""
    if isinstance(told, str):
        return read_moment(told, path, UTC).date()
    if isinstance(told, date | datetime):
        return to_moment(told, path, UTC).date()
    raise Faulty([Fault(path, "not_moment")])


def _yes_no(told: Any, path: str, _spec: FieldSpec) -> Value:
    if isinstance(told, bool):
        return told
    word = str(told).strip().lower()
    if word not in YES | NO:
        raise Faulty([Fault(path, "not_yes_no", {"value": word[:50]})])
    return word in YES


def _choice(told: Any, path: str, spec: FieldSpec) -> Value:
    word = clean_text(told, path, MAX_TEXT)
    known = {choice.lower(): choice for choice in spec.choices}
    if word and word.lower() not in known:
        raise Faulty([Fault(path, "unknown_choice", {"value": word[:50], "choices": ", ".join(spec.choices)})])
    return known.get(word.lower(), "")


READERS = {"text": _text, "number": _number, "date": _date, "yes_no": _yes_no, "choice": _choice}
