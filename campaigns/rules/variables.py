"""What a template may say: a fixed list of plain values."""

import unicodedata
from collections.abc import Mapping

Value = str | int | bool

# Name -> an example for previews, per language of the message.
EXAMPLES: dict[str, dict[str, str]] = {
    "customer_name": {"ru": "Смирнова Анна Павловна", "en": "Anna Smirnova"},
    "first_name": {"ru": "Анна", "en": "Anna"},
    "company": {"ru": "Ваша компания", "en": "Your company"},
    "promo_code": {"ru": "BACK7K4WPQX", "en": "BACK7K4WPQX"},
    "discount": {"ru": "10 %", "en": "10%"},
    "promo_expires": {"ru": "31 декабря", "en": "December 31"},
    "order_number": {"ru": "А-1024", "en": "A-1024"},
    # For links to the company's own site: `https://shop.example/?fc={{ visitor_token }}` tells its pixel who came.
    "visitor_token": {"ru": "WyJjIiwxXQ", "en": "WyJjIiwxXQ"},
    # Asks why the customer stopped buying; nothing is recorded before an answer is sent there.
    "why_url": {"ru": "https://crm.example.com/why/x/", "en": "https://crm.example.com/why/x/"},
    "nps_url": {"ru": "https://crm.example.com/n/x/", "en": "https://crm.example.com/n/x/"},
    "unsubscribe_url": {"ru": "https://crm.example.com/u/x/", "en": "https://crm.example.com/u/x/"},
}
NAMES = frozenset(EXAMPLES)


def examples(language: str) -> dict[str, str]:
    """Sample values of every variable, for a preview."""
    return {name: values.get(language, values["en"]) for name, values in EXAMPLES.items()}


def plain(values: Mapping[str, object]) -> dict[str, str]:
    """The values as text without control characters; names outside the list and empty values are left out.

    Raises TypeError for a value that is not text, a number or a boolean: templates never get objects.
    """
    kept = {}
    for name, value in values.items():
        if not isinstance(value, str | int | float):
            raise TypeError(f"{name} is not a plain value: {type(value).__name__}")
        text = str(value)
        if not text.isprintable():
            # Line breaks and the like go; unusual spaces stay, such as the one in "10 %".
            text = "".join(char for char in text if not unicodedata.category(char).startswith("C"))
        if name in NAMES and text:
            kept[name] = text
    return kept
