"""Values as telephonies write them."""

import re
from datetime import UTC, datetime
from typing import Any

from customers.rules.faults import Faulty
from customers.rules.moments import read_moment
from customers.rules.text import clean_text
from platforms.rules.contract import Context, Unreadable

NO_STATUSES: dict[str, str] = {"*": ""}
MAX_SECONDS = 86_400
MAX_TEXT = 100
_INTERNATIONAL = re.compile(r"[0-79]\d{10,14}", re.ASCII)


def text(data: dict[str, Any], name: str) -> str:
    """A field as text; what is absent is empty. Raises Unreadable for a list, an object and what cannot be kept."""
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise Unreadable("wrong_kind", field=name)
    try:
        return clean_text(str(value)[:MAX_TEXT], name, MAX_TEXT)
    except Faulty as error:
        raise Unreadable("wrong_kind", field=name) from error


def required(data: dict[str, Any], name: str) -> str:
    found = text(data, name)
    if not found:
        raise Unreadable("no_id", field=name)
    return found


def seconds(data: dict[str, Any], name: str) -> int:
    """A duration in whole seconds; absent is zero. Raises Unreadable for what is none."""
    told = text(data, name)
    try:
        value = int(float(told or 0))
    except (ValueError, OverflowError) as error:
        raise Unreadable("wrong_kind", field=name) from error
    if not 0 <= value <= MAX_SECONDS:
        raise Unreadable("out_of_range", field=name)
    return value


def yes_no(data: dict[str, Any], name: str) -> bool | None:
    """True and false, as JSON or as text; None where nothing was told."""
    value = text(data, name).lower()
    if value in ("true", "1", "yes"):
        return True
    if value in ("false", "0", "no"):
        return False
    if not value:
        return None
    raise Unreadable("wrong_kind", field=name)


def unix(data: dict[str, Any], name: str) -> datetime | None:
    """Seconds since 1970; zero and absent are none."""
    told = text(data, name)
    try:
        value = float(told or 0)
        return datetime.fromtimestamp(value, tz=UTC) if value > 0 else None
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable("wrong_kind", field=name) from error


def moment(data: dict[str, Any], name: str, ctx: Context) -> datetime:
    """A moment as text, in the company's zone where it names none. Raises Unreadable."""
    try:
        return read_moment(required(data, name), name, ctx.company.zone)
    except Faulty as error:
        raise Unreadable("wrong_kind", field=name) from error


def number(value: str) -> str:
    """A number as telephonies write them: digits without a plus are international from 11 of them on, up to 15."""
    digits = value.removeprefix("+")
    return f"+{digits}" if _INTERNATIONAL.fullmatch(digits) else value
