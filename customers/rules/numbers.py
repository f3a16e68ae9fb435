"""Amounts and quantities from outside, kept within what the database holds."""

import re
from decimal import ROUND_HALF_UP, Decimal

from customers.rules.faults import Fault, Faulty

# Ten trillion in major units: a thousand such lines still fit into 64 bits of minor units.
MAX_AMOUNT = Decimal(10**13)
MAX_QUANTITY = Decimal(10**10)
MAX_RATE = Decimal(10**9)
THOUSANDTH = Decimal("0.001")

_PLAIN = re.compile(r"[+-]?[0-9]{1,20}(?:\.[0-9]{1,12})?")
_SCIENTIFIC = re.compile(r"([+-]?[0-9]{1,20}(?:\.[0-9]{1,20})?)[eE]([+-]?[0-9]{1,3})")
_SPACES = str.maketrans("", "", " \u00a0\u2007\u2009\u202f'’_")
_SIGNS = re.compile(r"^[^\d+\-.,]*([+-]?[\d.,]*\d[.,]?)\D*$")


def to_number(value: object, field: str) -> Decimal:
    """A number that JSON gave as a number or as text such as "1234.50"."""
    if isinstance(value, str):
        if not _PLAIN.fullmatch(value):
            raise Faulty([Fault(field, "not_number")])
        return Decimal(value)
    if isinstance(value, int) and not isinstance(value, bool):
        # Thousands of digits would be slow to turn into a Decimal, and are refused anyway.
        return Decimal(value) if value.bit_length() < 200 else Decimal("1e60")
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise Faulty([Fault(field, "not_finite")])
        return value
    raise Faulty([Fault(field, "not_number")])


def within(number: Decimal, field: str, maximum: Decimal) -> Decimal:
    """The number, if it is neither negative nor above the maximum."""
    if number < 0:
        raise Faulty([Fault(field, "negative")])
    if number > maximum:
        raise Faulty([Fault(field, "too_large", {"maximum": format(maximum, "f")})])
    return number


def to_quantity(number: Decimal) -> Decimal:
    """A quantity in thousandths, rounded half up."""
    return number.quantize(THOUSANDTH, rounding=ROUND_HALF_UP)


def to_minor(amount: Decimal, exponent: int) -> int:
    """Minor units of an amount in major units, rounded half up."""
    scaled = amount.scaleb(exponent)
    whole = int(scaled)
    return whole if whole == scaled else int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def read_number(text: str, field: str, decimal: str = "auto") -> Decimal:
    """A number as a person or a table program wrote it: "1 234,50", "$1,234.50".

    Programs also write 4.4e-16. `decimal` is "," or "." or "auto". By "auto" the last of two different
    separators is the decimal one; a lone comma before three digits could be either, and is refused as
    `ambiguous_number`.
    """
    if decimal != "," and _PLAIN.fullmatch(text):
        return Decimal(text)
    if scientific := _SCIENTIFIC.fullmatch(text):
        return Decimal(f"{scientific[1]}e{scientific[2]}")
    found = _SIGNS.match(text.translate(_SPACES))
    if found is None:
        raise Faulty([Fault(field, "not_number")])
    digits = found[1]
    separator = decimal if decimal in (",", ".") else _decimal_separator(digits, field)
    other = "." if separator == "," else ","
    plain = digits.replace(other, "").replace(separator, ".").rstrip(".")
    plain = f"0{plain}" if plain.startswith(".") else plain
    if not _PLAIN.fullmatch(plain):
        raise Faulty([Fault(field, "not_number")])
    return Decimal(plain)


def _decimal_separator(digits: str, field: str) -> str:
    commas, dots = digits.count(","), digits.count(".")
    if commas and dots:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if commas > 1 or dots > 1:
        return "." if commas else ","
    if commas and len(digits) - digits.rfind(",") == 4:
        raise Faulty([Fault(field, "ambiguous_number")])
    return "," if commas else "."
