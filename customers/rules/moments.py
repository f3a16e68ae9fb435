"""Points in time from outside. What carries no zone is read in the company's."""

import re
from datetime import date, datetime, time, timedelta, tzinfo

from customers.rules.faults import Fault, Faulty

EARLIEST = 1900
# Clocks of shops run ahead, and a till may stand in a zone to the east.
AHEAD = timedelta(days=1)
FURTHEST = timedelta(hours=15)

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def to_moment(value: object, field: str, zone: tzinfo) -> datetime:
    """An ISO 8601 date or time (text), or a date or time that a table cell held, with its zone."""
    if isinstance(value, str):
        value = _from_iso(value, field)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if not isinstance(value, datetime):
        raise Faulty([Fault(field, "not_moment")])
    return _zoned(value, field, zone)


def _from_iso(text: str, field: str) -> datetime:
    # Week dates, ordinal dates and bare digits are ISO too, but here they are most often a mistake.
    if len(text) < 10 or text[4] != "-" or text[7] != "-" or not text.isascii():
        raise Faulty([Fault(field, "not_moment")])
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Faulty([Fault(field, "not_moment")]) from error


def _zoned(moment: datetime, field: str, zone: tzinfo) -> datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    # No clock on Earth is further from UTC, and PostgreSQL does not read what is.
    if abs(moment.utcoffset() or timedelta()) > FURTHEST:
        raise Faulty([Fault(field, "impossible_offset")])
    if not EARLIEST <= moment.year < 9999:
        raise Faulty([Fault(field, "moment_out_of_range", {"earliest": EARLIEST})])
    return moment


def read_moment(text: str, field: str, zone: tzinfo, date_format: str = "auto") -> datetime:
    """A date or time as files have it.

    With `date_format` (as for strptime) only that form is read. By "auto": ISO 8601, 20260131,
    31.01.2026 and 31.01.26, each with or without a time; 31/01/2026 and 01/31/2026 where the day is above
    12. Day and month that could be swapped are refused as `ambiguous_date`: name the format in the mapping.
    """
    text = text.strip()
    try:
        moment = _guessed(text, field) if date_format == "auto" else datetime.strptime(text, date_format)
    except ValueError as error:
        if isinstance(error, Faulty):
            raise
        raise Faulty([Fault(field, "unread_date", {"value": text[:40]})]) from error
    return _zoned(moment, field, zone)


def _guessed(text: str, field: str) -> datetime:
    if text[4:5] == "-":
        return datetime.fromisoformat(text)
    if found := _COMPACT.fullmatch(text):
        return datetime(int(found[1]), int(found[2]), int(found[3]))
    if found := _DAY_FIRST.fullmatch(text):
        year = int(found[3]) + (2000 if len(found[3]) == 2 else 0)
        return datetime(year, int(found[2]), int(found[1]), *_clock(found))
    if found := _SLASHES.fullmatch(text):
        return _slashed(found, field)
    return datetime.fromisoformat(text)


def _slashed(found: re.Match[str], field: str) -> datetime:
    first, second = int(found[1]), int(found[2])
    if first <= 12 and second <= 12 and first != second:
        raise Faulty([Fault(field, "ambiguous_date", {"value": found[0]})])
    day, month = (first, second) if second <= 12 else (second, first)
    return datetime(int(found[3]), month, day, *_clock(found))


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    return int(found[4] or 0), int(found[5] or 0), int(found[6] or 0)
