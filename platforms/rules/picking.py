"""Taking values out of a decoded message: absent is empty, the wrong kind is refused."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from customers.rules.contacts import normalise_contact
from customers.rules.faults import Faulty
from customers.rules.moments import to_moment
from customers.rules.numbers import MAX_AMOUNT
from platforms.rules.contract import Context, Note, Unreadable

ZERO = Decimal(0)
MAX_ROWS = 1000
MAX_DIGITS = 20


def text(data: dict[str, Any], *names: str, limit: int = 300) -> str:
    """The first of the fields that says something, as text, cut to the limit."""
    for name in names:
        value = data.get(name)
        if value is None or value == "" or isinstance(value, bool):
            continue
        if not isinstance(value, str | int | Decimal):
            raise Unreadable("wrong_kind", field=name, expected="text")
        if cleaned := str(value).strip():
            return cleaned[:limit]
    return ""


def identifier(data: dict[str, Any], name: str = "id") -> str:
    """An id that must be there. 0 stands for none."""
    found = text(data, name, limit=200)
    if not found or found == "0":
        raise Unreadable("no_id", field=name)
    return found


def whole_number(data: dict[str, Any], name: str) -> str:
    """An id of digits, safe to put into an address."""
    found = identifier(data, name)
    if not (found.isascii() and found.isdecimal()):
        raise Unreadable("wrong_kind", field=name, expected="number")
    return found


def inner(data: dict[str, Any], name: str) -> dict[str, Any]:
    """A nested object. PHP writes an empty one as an empty list."""
    value = data.get(name)
    if value is None or value == [] or value == "" or value is False:
        return {}
    if not isinstance(value, dict):
        raise Unreadable("wrong_kind", field=name, expected="object")
    return value


def rows(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects. PHP writes one with gaps, or of a form, as an object with numbers for names."""
    value = data.get(name)
    if value is None or value == "":
        return []
    found = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Unreadable("wrong_kind", field=name, expected="list")
    if len(found) > MAX_ROWS:
        raise Unreadable("too_many", field=name, limit=MAX_ROWS)
    return found


def number(data: dict[str, Any], name: str, default: Decimal = ZERO) -> Decimal:
    """A number, exact to a millionth."""
    value = data.get(name)
    if value is None or value == "" or value is False:
        return default
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise Unreadable("wrong_kind", field=name, expected="number")
    try:
        found = Decimal(value.strip().replace(" ", "").replace(",", ".") if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise Unreadable("wrong_kind", field=name, expected="number") from error
    # By the exponent first: arithmetic on 1e999999999 overflows.
    if not found.is_finite() or found.adjusted() > MAX_DIGITS or abs(found) > MAX_AMOUNT:
        raise Unreadable("out_of_range", field=name)
    return round(found, 6) if found.adjusted() > -MAX_DIGITS else ZERO


def moment(data: dict[str, Any], name: str, ctx: Context, *, is_utc: bool = False) -> datetime | None:
    """An ISO date and time, also with a space for T. Without a zone: in UTC, or in the company's."""
    raw = text(data, name)
    if not raw:
        return None
    try:
        return to_moment(raw.replace(" ", "T", 1), name, UTC if is_utc else ctx.company.zone)
    except Faulty as error:
        raise Unreadable("wrong_kind", field=name, expected="moment") from error


def unix_moment(data: dict[str, Any], *names: str) -> datetime | None:
    """Seconds since 1970."""
    raw = text(data, *names)
    if not raw or raw == "0":
        return None
    if not raw.isdecimal() or len(raw) > 11:
        raise Unreadable("wrong_kind", field=names[0], expected="moment")
    return datetime.fromtimestamp(int(raw), UTC)


def iso(value: datetime | None) -> str | None:
    """For the readers of `customers`, which take text."""
    return None if value is None else value.isoformat()


def full_name(*parts: str) -> str:
    return " ".join(filter(None, parts))[:300]


def contacts(
    ctx: Context, notes: list[Note], *, phones: Iterable[tuple[str, str]] = (), emails: Iterable[str] = ()
) -> list[dict[str, str]]:
    """The addresses that can be used, normalised; of the others a note is left.

    `phones` come with the country (ISO, or empty for the company's) in which they are read. A junk phone
    is no reason to lose an order.
    """
    tried = [("phone", raw, country) for raw, country in phones] + [("email", raw, "") for raw in emails]
    found: dict[tuple[str, str], None] = {}
    unread: dict[str, None] = {}
    for channel, raw, country in tried:
        if not raw:
            continue
        region = country.upper() if len(country) == 2 and country.isascii() else ctx.company.region
        value = normalise_contact(channel, raw[:254], region)
        if value is None:
            unread[raw[:60]] = None
        else:
            found[channel, value] = None
    notes += [Note("contact_left_out", raw) for raw in unread]
    return [{"channel": channel, "value": value} for channel, value in list(found)[:20]]
