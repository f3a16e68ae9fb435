"""Reads of offers and codes."""

from babel.numbers import format_currency, format_decimal
from django.conf import settings

from loyalty.models import Offer


def discount_text(offer: Offer, language: str) -> str:
    """What the offer gives, in words of the language: "10 %" or "500 ₽"."""
    is_english = language == "en"
    if offer.amount is not None:
        pattern = "¤#,##0.##" if is_english else "#,##0.##\u00a0¤"
        return format_currency(offer.amount, settings.CURRENCY, format=pattern, locale=language, currency_digits=False)
    return format_decimal(offer.percent or 0, format="#,##0.##", locale=language) + ("%" if is_english else "\u00a0%")
