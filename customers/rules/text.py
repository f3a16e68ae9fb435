"""Text from outside: one line, no control characters, nothing the database cannot hold."""

import unicodedata

from customers.rules.faults import Fault, Faulty


def clean_text(value: object, field: str, limit: int) -> str:
    """One line of text without surrounding or doubled space; numbers that stand for ids are accepted.

    Raises Faulty: `not_text`, `bad_characters` (NUL, half of a surrogate pair), `too_long`.
    """
    if type(value) is int:
        value = str(value)
    if not isinstance(value, str):
        raise Faulty([Fault(field, "not_text")])
    if not value.isprintable():
        value = _one_line(value, field)
    value = value.strip()
    if len(value) > limit:
        raise Faulty([Fault(field, "too_long", {"limit": limit, "length": len(value)})])
    return value


def _one_line(value: str, field: str) -> str:
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise Faulty([Fault(field, "bad_characters")])
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in value).split())
