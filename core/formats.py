"""Numbers, money, dates and phones as text in the reader's locale."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache

import phonenumbers
from babel import Locale, dates, numbers
from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.money import exponent
from core.periods import company_day

NOTHING = "—"
# From here on the minor units say nothing to a reader and only cost width.
WHOLE_FROM = 1000
DAYS_IN_WORDS = 60
# Locales that do not use these currencies write their codes; the sign is as clear and a third of the width.
SIGNS = {"RUB": "₽", "KZT": "₸", "UAH": "₴", "BYN": "Br", "AMD": "֏", "GEL": "₾"}


def reader_locale() -> Locale:
    """Babel's locale for the language that is active."""
    return _locale(get_language() or settings.LANGUAGE_CODE)


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language, sep="-")


def number_text(value: Decimal | float | int | None, digits: int | None = None) -> str:
    """A number with grouped thousands; at most three decimals, or exactly `digits`."""
    if value is None:
        return NOTHING
    if digits is None:
        return numbers.format_decimal(value, locale=reader_locale())
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return numbers.format_decimal(value, format=pattern, locale=reader_locale())


def percent_text(share: Decimal | float | None, digits: int = 1) -> str:
    """0.123 as “12.3%” in English and «12,3 %» in Russian; a whole percent has no decimals."""
    if share is None:
        return NOTHING
    pattern = "#,##0" + ("." + "#" * digits if digits else "") + reader_locale().percent_formats[None].suffix[0]
    return numbers.format_percent(share, format=pattern, locale=reader_locale())


def money_text(amount: Decimal | int | None) -> str:
    """An amount as people read it: without minor units when it is whole or 1,000 and more."""
    if amount is None:
        return NOTHING
    value = Decimal(amount)
    whole = value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    if value == whole or abs(value) >= WHOLE_FROM:
        return _currency(whole, decimals=0)
    return exact_money_text(value)


def month_text(day: date, with_year: bool = True) -> str:
    """A month by its name, as inside a sentence: “November 2026”, «ноябрь 2026»."""
    return dates.format_date(day, "LLLL y" if with_year else "LLLL", locale=reader_locale())


def exact_money_text(amount: Decimal | int | None) -> str:
    """An amount with all its minor units."""
    return NOTHING if amount is None else _currency(Decimal(amount), decimals=exponent())


def _currency(amount: Decimal, decimals: int) -> str:
    locale = reader_locale()
    code = settings.CURRENCY
    fraction = "0." + "0" * decimals if decimals else "0"
    pattern = locale.currency_formats["standard"].pattern.replace("0.00", fraction)
    text = numbers.format_currency(amount, code, pattern, locale=locale, currency_digits=False)
    return text.replace(code, SIGNS.get(code, code))


def phone_text(phone: str | None) -> str:
    """A phone in international form, grouped as its country does; anything else as it is."""
    if not phone:
        return NOTHING
    try:
        parsed = phonenumbers.parse(phone, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return phone
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def exact_date_text(value: date | datetime) -> str:
    """The day, and the time where there is one, in full."""
    locale = reader_locale()
    if isinstance(value, datetime):
        return dates.format_datetime(timezone.localtime(value), "d MMMM y HH:mm", locale=locale)
    return dates.format_date(value, "long", locale=locale)


def short_day_text(value: date) -> str:
    """The day and the month, without the year: for the axis of a chart."""
    return dates.format_date(value, "d MMM", locale=reader_locale())


def relative_date_text(value: date | datetime, today: date) -> str:
    """How far the day is from `today`, in words near it and in months and years further away."""
    day = company_day(value) if isinstance(value, datetime) else value
    days = (day - today).days
    named = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}.get(days)
    if named:
        return named
    return _distance(days, get_language() or settings.LANGUAGE_CODE)


# A page of customers has a date or two in every row, and most of them say one of the same few dozen things.
@lru_cache(maxsize=2048)
def _distance(days: int, language: str) -> str:
    unit = "day" if abs(days) < DAYS_IN_WORDS else None
    return dates.format_timedelta(
        timedelta(days=days),
        granularity=unit or "month",
        threshold=1e9 if unit else 1.0,
        add_direction=True,
        locale=_locale(language),
    )
