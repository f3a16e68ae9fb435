"""Numbers, money, dates and phones as text in the reader's locale.

A page of a list writes some hundreds of them. Babel reads its patterns anew each time, which took most of the
page's time; here the shapes are read once per locale.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

import phonenumbers
from babel import Locale, dates
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import exponent
from core.periods import company_day
from core.rules.masking import masked_email, masked_name, masked_phone

NOTHING = "—"
# From here on the minor units say nothing to a reader and only cost width.
WHOLE_FROM = 1000
MOST_DECIMALS = 3
DAYS_IN_WORDS = 60
# Locales that do not use these currencies write their codes; the sign is as clear and a third of the width.
SIGNS = {"RUB": "₽", "KZT": "₸", "UAH": "₴", "BYN": "Br", "AMD": "֏", "GEL": "₾"}
LIKE_A_PHONE = re.compile(r"\+?[\d\s()-]{6,25}")
RUSSIAN_MOBILE = re.compile(r"\+7(9\d\d)(\d{3})(\d\d)(\d\d)")


@dataclass(frozen=True)
class Shape:
    """How a kind of number is written: what stands around it and between its digits."""

    before: str
    after: str
    group: str
    point: str
    minus: str

    def write(self, value: Decimal | float | int, decimals: int) -> str:
        """The number rounded half up to so many decimals."""
        rounded = Decimal(value).quantize(_last_place(decimals), rounding=ROUND_HALF_UP)
        digits = f"{abs(rounded):,f}".replace(",", "\0").replace(".", self.point).replace("\0", self.group)
        return f"{self.minus if rounded < 0 else ''}{self.before}{digits}{self.after}"


@lru_cache
def _last_place(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def reader_language() -> str:
    """The language that is active: shapes are kept by it, for a text is found sooner than one of Babel's locales."""
    return get_language() or settings.LANGUAGE_CODE


@lru_cache
def _locale(language: str) -> Locale:
    """Babel's."""
    return Locale.parse(language, sep="-")


@lru_cache
def _shape(language: str, kind: str, currency: str = "") -> Shape:
    locale = _locale(language)
    formats = {
        "number": locale.decimal_formats[None],
        "percent": locale.percent_formats[None],
        "money": locale.currency_formats["standard"],
    }
    pattern, symbols = formats[kind], locale.number_symbols["latn"]
    sign = SIGNS.get(currency) or locale.currency_symbols.get(currency, currency)
    before, after = (part[0].replace("¤", sign) for part in (pattern.prefix, pattern.suffix))
    return Shape(before, after, symbols["group"], symbols["decimal"], symbols["minusSign"])


def number_text(value: Decimal | float | int | None, digits: int | None = None) -> str:
    """A number with grouped thousands; at most three decimals, or exactly `digits`."""
    if value is None:
        return NOTHING
    decimals = _decimals(value, MOST_DECIMALS) if digits is None else digits
    return _shape(reader_language(), "number").write(value, decimals)


def percent_text(share: Decimal | float | None, digits: int = 1) -> str:
    """0.123 as “12.3%” in English and «12,3 %» in Russian; a whole percent has no decimals."""
    if share is None:
        return NOTHING
    percent = _exact(share) * 100
    return _shape(reader_language(), "percent").write(percent, _decimals(percent, digits))


def _decimals(value: Decimal | float | int, most: int) -> int:
    """How many decimals a number needs, without zeros at its end."""
    if most == 0 or isinstance(value, int):
        return 0
    rounded = _exact(value).quantize(_last_place(most), rounding=ROUND_HALF_UP)
    return max(0, -int(rounded.normalize().as_tuple().exponent))


def _exact(value: Decimal | float | int) -> Decimal:
    """The decimals that are written, and not those of the nearest binary fraction."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def money_text(amount: Decimal | int | None, digits: int | None = None) -> str:
    """An amount as people read it: without minor units when it is whole or 1,000 and more, or with `digits` of them."""
    if amount is None:
        return NOTHING
    value = Decimal(amount)
    return _money().write(value, _minor_digits(value) if digits is None else digits)


def money_digits(amounts: Iterable[Decimal | int]) -> int:
    """The decimals of amounts that stand in one column: none once one of them needs none for its size."""
    values = [Decimal(amount) for amount in amounts]
    if any(abs(value) >= WHOLE_FROM for value in values):
        return 0
    return max(map(_minor_digits, values), default=0)


def _minor_digits(value: Decimal) -> int:
    return 0 if abs(value) >= WHOLE_FROM or value == value.to_integral_value() else exponent()


def exact_money_text(amount: Decimal | int | None) -> str:
    """An amount with all its minor units."""
    return NOTHING if amount is None else _money().write(amount, exponent())


def _money() -> Shape:
    return _shape(reader_language(), "money", settings.CURRENCY)


@lru_cache(maxsize=10_000)
def phone_text(phone: str | None) -> str:
    """A phone in international form, grouped as its country does; anything else as it is."""
    if not phone:
        return NOTHING
    if mobile := RUSSIAN_MOBILE.fullmatch(phone):
        return "+7 {} {}-{}-{}".format(*mobile.groups())
    try:
        parsed = phonenumbers.parse(phone, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=10_000)
def masked_text(address: str | None, channel: str = "") -> str:
    """A phone, an e-mail or a messenger's name with its middle hidden; without a channel it is told by its look."""
    if not address:
        return NOTHING
    if channel in {"phone", "sms", "whatsapp"} or (not channel and LIKE_A_PHONE.fullmatch(address)):
        return masked_phone(phone_text(address))
    return masked_email(address) if "@" in address[1:] else masked_name(address)


def exact_date_text(value: date | datetime) -> str:
    """The day, and the time where there is one, in full."""
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return f"{_pattern_text(reader_language(), local.date(), 'long')} {local:%H:%M}"
    return _pattern_text(reader_language(), value, "long")


@lru_cache(maxsize=10_000)
def _pattern_text(language: str, day: date, pattern: str) -> str:
    return dates.format_date(day, pattern, locale=_locale(language))


def month_text(day: date, with_year: bool = True) -> str:
    """A month by its name: “November 2026”, «ноябрь 2026»."""
    return _pattern_text(reader_language(), day, "LLLL y" if with_year else "LLLL")


def short_day_text(value: date) -> str:
    """The day and the month, without the year: for the axis of a chart."""
    return _pattern_text(reader_language(), value, "d MMM")


def relative_date_text(value: date | datetime, today: date) -> str:
    """How far the day is from `today`, in words near it and in months and years further away."""
    day = company_day(value) if isinstance(value, datetime) else value
    days = (day - today).days
    if abs(days) <= 1:
        return {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}[days]
    return _distance_text(reader_language(), days)


@lru_cache(maxsize=10_000)
def _distance_text(language: str, days: int) -> str:
    in_days = abs(days) < DAYS_IN_WORDS
    return dates.format_timedelta(
        timedelta(days=days),
        granularity="day" if in_days else "month",
        threshold=1e9 if in_days else 1.0,
        add_direction=True,
        locale=_locale(language),
    )
