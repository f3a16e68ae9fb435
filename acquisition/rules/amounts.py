"""Amounts of money as people type them."""

import re
from decimal import Decimal

_SPACES = re.compile(r"[\s\u00a0\u202f₽]+")
_PLAIN = re.compile(r"-?\d{1,15}(?:[.,]\d{1,2})?", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3}){1,4}(?:\.\d{1,2})?", re.ASCII)


def amount_of(text: str) -> Decimal:
    """«48 300,50», “48,300.50” or 48300.5 as 48300.5. Raises ValueError for what is no amount."""
    bare = _SPACES.sub("", text)
    if _PLAIN.fullmatch(bare):
        return Decimal(bare.replace(",", "."))
    if _GROUPED.fullmatch(bare):
        return Decimal(bare.replace(",", ""))
    raise ValueError(f"not an amount: {text!r}")
