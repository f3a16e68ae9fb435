"""Addresses of customers as lists show them: enough to recognise, too little to use. Pure text."""

import re

HIDDEN = "•"
# Digits of a phone that stay readable: those of the country and the operator, and the last two.
SHOWN_AT_END = 2
HIDDEN_AT_LEAST = 5
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\d)\+?\d{10,15}(?!\d)")
_SEPARATOR = re.compile(r"[-()\s]+")


def masked_phone(written: str) -> str:
    """+7 912 345-67-89 as +7 912 ••• •• 89: at least five digits are hidden, whatever the country."""
    text = _SEPARATOR.sub(" ", written).strip()
    digits = sum(char.isdigit() for char in text)
    shown_first = max(digits - SHOWN_AT_END - HIDDEN_AT_LEAST, 0)
    shown_last = SHOWN_AT_END if digits > HIDDEN_AT_LEAST + SHOWN_AT_END else 0
    masked, passed = [], 0
    for char in text:
        if char.isdigit():
            passed += 1
            char = char if passed <= min(shown_first, 4) or passed > digits - shown_last else HIDDEN
        masked.append(char)
    return "".join(masked)


def masked_email(address: str) -> str:
    """anna@shop.ru as a•••@shop.ru; a name of one letter is hidden whole."""
    name, _at, domain = address.rpartition("@")
    return f"{_beginning(name)}@{domain}" if name else masked_name(address)


def masked_name(name: str) -> str:
    """A name in a messenger, or anything else, by its first letter."""
    bare = name.removeprefix("@")
    return f"{'@' if name.startswith('@') else ''}{_beginning(bare)}"


def masked_within(text: str) -> str:
    """A text of a machine, such as a mail server's refusal, with the addresses in it masked."""
    without = _EMAIL.sub(lambda found: masked_email(found.group()), text)
    return _PHONE.sub(lambda found: masked_phone(found.group()), without)


def _beginning(text: str) -> str:
    # Always as many marks, so that the length is not told.
    return (text[0] if len(text) > 1 else "") + HIDDEN * 3
