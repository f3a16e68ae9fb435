"""Months as people and programs write them."""

import contextlib
import re
from datetime import date, tzinfo

from customers.rules.moments import read_moment

FIRST_MONTH = date(2000, 1, 1)
LAST_MONTH = date(2099, 12, 1)
_MONTH_FIRST = re.compile(r"(\d{1,2})[./-](\d{4})", re.ASCII)
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


def month_in(text: str, zone: tzinfo) -> date | None:
    """The first day of the month that a cell names: 2026-11, 11.2026, or any day of it. None if it names none."""
    if found := _MONTH_FIRST.fullmatch(text.strip()):
        text = f"{found[2]}-{int(found[1]):02}"
    with contextlib.suppress(ValueError):
        return month_of(text)
    with contextlib.suppress(ValueError):
        day = read_moment(text, "month", zone).date()
        return month_of(f"{day:%Y-%m}")
    return None
