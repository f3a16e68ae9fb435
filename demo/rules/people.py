"""Names and addresses of the invented customers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo.rules import words

SEVEN_DIGITS = 10_000_000
# Shares no factor with the count of numbers, so that multiplying by it never gives one number twice.
PHONE_STEP = 265_753_187


@dataclass(frozen=True)
class Identity:
    """How one customer is called and reached."""

    name: str
    email: str
    phone: str
    contact: str


def identities(
    rng: np.random.Generator, numbers: NDArray[np.int64], is_company: NDArray[np.bool_]
) -> Iterator[Identity]:
    """A name, an e-mail and a phone for each customer number; addresses never repeat."""
    draws = rng.integers(0, 2**31, (len(numbers), 6)).tolist()
    for number, company, drawn in zip(numbers.tolist(), is_company.tolist(), draws, strict=True):
        yield (company_identity if company else person_identity)(number, *drawn)


def person_identity(number: int, sex: int, first: int, last: int, mail: int, *_spare: int) -> Identity:
    """A woman (more often) or a man with a surname in the right gender."""
    woman = sex % 100 < 58
    given = _of(words.WOMEN if woman else words.MEN, first)
    surname = surname_of(last, woman=woman)
    login = f"{given}.{surname}".lower().translate(words.TRANSLITERATION)
    return Identity(f"{given} {surname}", f"{login}{number}@{_of(words.MAIL_DOMAINS, mail)}", phone_of(number), given)


def company_identity(number: int, form: int, first: int, second: int, mail: int, boss: int, given: int) -> Identity:
    """A café or an office, as a limited company or a sole trader."""
    woman = given % 2 == 0
    names = words.WOMEN if woman else words.MEN
    if form % 100 < 30:
        initials = f"{_of(names, first)[0]}. {_of(words.MEN, second)[0]}."
        name = f"ИП {surname_of(boss, woman=woman)} {initials}"
    elif form % 100 < 65:
        name = f"ООО «{cafe_name(first, second)}»"
    else:
        name = f"ООО «{_of(words.OFFICE_NAMES, first)}-{_of(words.OFFICE_TRADES, second)}»"
    login = _of(("zakupki", "office", "info", "sklad"), mail)
    return Identity(name, f"{login}{number}@firma.example", phone_of(number), _of(names, given))


def cafe_name(first: int, second: int) -> str:
    """An adjective and a noun that agree: all of them are feminine."""
    return f"{_of(words.CAFE_ADJECTIVES, first)} {_of(words.CAFE_NOUNS, second)}"


def surname_of(drawn: int, *, woman: bool) -> str:
    """One of the surnames, in the right gender."""
    kind, index = drawn % 20, drawn // 20
    if kind == 0:
        return _of(words.STEADY_SURNAMES, index)
    if kind == 1:
        surname = _of(words.ADJECTIVE_SURNAMES, index)
        return surname[:-2] + "ая" if woman else surname
    return _of(words.SURNAMES, index) + ("а" if woman else "")


def phone_of(number: int) -> str:
    """A mobile number in E.164, different for each customer number."""
    codes = len(words.MOBILE_CODES)
    code, tail = divmod(number * PHONE_STEP % (codes * SEVEN_DIGITS), SEVEN_DIGITS)
    return f"+7{words.MOBILE_CODES[code]}{tail:07d}"


def _of(choices: tuple[str, ...], drawn: int) -> str:
    return choices[drawn % len(choices)]
