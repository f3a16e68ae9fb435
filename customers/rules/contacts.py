"""Addresses of people in one form, so that equal ones are found equal."""

import re
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

CHANNELS = ("email", "phone", "telegram", "whatsapp")

_PUNCTUATION = str.maketrans("", "", " \u00a0\u202f-‐‑‒–.()/\t")
# But for 9300, of which only some were given out: that the full parser knows.
_RUSSIAN_MOBILE = re.compile(r"(?:\+7|7|8)(9(?!300)[0-9]{9})")
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_]+(?:[.+-][a-z0-9_]+){0,5}@(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\.){1,4}(?:ru|com|net|org|su)"
)
_TELEGRAM = re.compile(r"[a-z][a-z0-9_]{4,31}|[0-9]{5,20}")


def normalise_phone(raw: str, region: str) -> str | None:
    """E.164 (`+79123456789`) of a phone as people write it, or None if it cannot be a phone.

    `region` is the ISO country in which a number without a country code is read: in RU, "8 912 …"
    is +7 912 …. Russian mobile numbers take a short path that gives what the full parser gives.
    """
    digits = raw.translate(_PUNCTUATION)
    if region == "RU" and (mobile := _RUSSIAN_MOBILE.fullmatch(digits)):
        return "+7" + mobile[1]
    return _parsed_phone(raw, region)


@lru_cache(maxsize=50_000)
def _parsed_phone(raw: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_email(raw: str) -> str | None:
    """The address in lower case, or None if nobody could receive mail at it. The DNS is not asked."""
    lowered = raw.strip().lower()
    if len(lowered) <= 100 and _PLAIN_EMAIL.fullmatch(lowered) and len(lowered.split("@")[0]) <= 64:
        return lowered
    return _parsed_email(lowered)


@lru_cache(maxsize=50_000)
def _parsed_email(lowered: str) -> str | None:
    try:
        # The reserved domain .test is for tests and demonstrations, and is let through on purpose.
        address = validate_email(lowered, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return None
    return address if len(address) <= 254 else None


def normalise_telegram(raw: str) -> str | None:
    """The user name in lower case without `@` or link, or the numeric id."""
    name = raw.strip().lower().removeprefix("https://").removeprefix("t.me/").removeprefix("@")
    return name if _TELEGRAM.fullmatch(name) else None


def normalise_contact(channel: str, raw: str, region: str) -> str | None:
    """The normalised address on a channel, or None if it is not one."""
    if channel == "email":
        return normalise_email(raw)
    if channel == "telegram":
        return normalise_telegram(raw)
    return normalise_phone(raw, region)
