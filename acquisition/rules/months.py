"""Months as people and programs write them."""

import re
from datetime import date

FIRST_MONTH = date(2000, 1, 1)
LAST_MONTH = date(2099, 12, 1)
_WRITTEN = re.compile(r"(\d{4})-(\d{2})(?:-01)?", re.ASCII)


def month_of(text: str) -> date:
    """The first day of a month written as 2026-11 or 2026-11-01. Raises ValueError for anything else."""
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a month: {text!r}")
    month = date(int(match[1]), int(match[2]), 1)
    if not FIRST_MONTH <= month <= LAST_MONTH:
        raise ValueError(f"not a month of this century: {text!r}")
    return month
