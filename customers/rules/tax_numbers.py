"""Tax numbers: a Russian one proves itself by its last digits, others are only tidied."""

import re

# Weights of the check digits of an INN: order of the Federal Tax Service ММВ-7-6/435@, 2012, appendix.
_TENTH = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_ELEVENTH = (7, *_TENTH)
_TWELFTH = (3, *_ELEVENTH)
_FREE = re.compile(r"[A-Z0-9][A-Z0-9./-]{2,19}")


def normalise_tax_number(raw: str, country: str) -> str | None:
    """The number without spaces, in capitals; None if it cannot be one in the country (two letters, "" for unknown).

    In RU: 10 digits of a company or 12 of a person, with their check digits. Elsewhere: 3 to 20 letters and digits.
    """
    number = "".join(raw.split()).upper()
    if country == "RU":
        return number if _is_inn(number) else None
    return number if _FREE.fullmatch(number) else None


def inn_of(digits: str) -> str:
    """The INN that begins with 9 digits (of a company) or 10 (of a person): its check digits are added."""
    weighings = (_TENTH,) if len(digits) == len(_TENTH) else (_ELEVENTH, _TWELFTH)
    for weights in weighings:
        weighed = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
        digits += str(weighed % 11 % 10)
    return digits


def _is_inn(number: str) -> bool:
    if not (number.isascii() and number.isdecimal()) or not number.strip("0") or len(number) not in (10, 12):
        return False
    return number == inn_of(number[: 9 if len(number) == 10 else 10])
