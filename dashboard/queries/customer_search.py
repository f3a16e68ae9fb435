"""Finding customers by what people type: a name, a phone in any form, an e-mail, an id, an order number.

Each source is a query of its own and they are joined by UNION: an OR over joined tables would make
PostgreSQL read the whole base. Each stops at MOST: what means more customers than that finds nobody in particular.
"""

import re

from django.conf import settings
from django.db.models import F, QuerySet, Value

from customers.models import ContactChannel, ContactPoint, ExternalRef, Order
from customers.models.customer import CustomerQuerySet
from customers.rules.contacts import normalise_phone
from segmentation.audiences.lookups import ILike, escaped

# Fewer digits are part of too many phones to be a search for one.
FEWEST_PHONE_DIGITS = 4
MOST_WORDS = 6
MOST = 10_000


def search(customers: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Those of `customers` that the text may mean; all of them for an empty text."""
    text = " ".join(text.split())
    if not text:
        return customers
    found = [source.values("customer_id")[:MOST] for source in _sources(text)]
    names = _by_name(customers, text).values("pk")[:MOST]
    return customers.filter(pk__in=names.union(*found) if found else names)


def _sources(text: str) -> list[QuerySet]:
    sources = [_by_phone(text)] if _digits(text) else []
    if "@" in text:
        sources.append(_by_email(text))
    if " " not in text and any(letter.isdigit() for letter in text):
        sources += [ExternalRef.objects.filter(external_id=text), Order.objects.filter(external_id=text)]
        sources += [Order.objects.filter(number=text)]
    if text.startswith("@") or "t.me/" in text:
        name = text.rsplit("/", 1)[-1].removeprefix("@").lower()
        sources.append(ContactPoint.objects.filter(channel=ContactChannel.TELEGRAM, value=name))
    return sources


def _by_name(named: CustomerQuerySet, text: str) -> CustomerQuerySet:
    for word in text.split(" ")[:MOST_WORDS]:
        named = named.filter(ILike(F("name"), Value(f"%{escaped(word)}%")))
    return named


def _digits(text: str) -> str:
    """The digits of a text that looks like a phone or its beginning, else nothing."""
    if re.search(r"[^\d\s()+\-.–—]", text):
        return ""
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) >= FEWEST_PHONE_DIGITS else ""


def _by_phone(text: str) -> QuerySet:
    """The whole number, else those that begin with what was typed, with the country's code or without."""
    phones = ContactPoint.objects.filter(channel__in=[ContactChannel.PHONE, ContactChannel.WHATSAPP])
    whole = normalise_phone(text, settings.PHONENUMBER_DEFAULT_REGION)
    if whole:
        return phones.filter(value=whole)
    digits = _digits(text)
    beginnings = phones.filter(value__startswith=f"+{digits}")
    for national in _national_beginnings(digits):
        beginnings |= phones.filter(value__startswith=national)
    return beginnings


def _national_beginnings(digits: str) -> list[str]:
    if settings.PHONENUMBER_DEFAULT_REGION != "RU":
        return []
    return [f"+7{digits.removeprefix('8')}"] if digits.startswith("8") else [f"+7{digits}"]


def _by_email(text: str) -> QuerySet:
    return ContactPoint.objects.filter(channel=ContactChannel.EMAIL, value__startswith=text.lower())
