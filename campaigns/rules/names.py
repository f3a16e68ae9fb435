"""How to address a person whose full name was typed in one field."""

import re

_PATRONYMIC = re.compile(r"(?:вич|вна|ьич|ична|инична|оглы|кызы)$", re.IGNORECASE)
_SURNAME = re.compile(
    r"(?:ов|ова|ев|ева|ёв|ёва|ин|ина|ын|ына|ский|ская|цкий|цкая|енко|ук|юк|ко|ян|дзе|швили)$", re.IGNORECASE
)
_CYRILLIC = re.compile(r"^[А-ЯЁа-яё-]+$")


def first_name(full_name: str) -> str:
    """The given name in a full one, as far as it can be told; the whole name where it cannot.

    Russian names come in both orders: a patronymic in the last place puts the given name second, and of two
    words the one with the ending of a surname is not it. In other alphabets the given name is the first word.
    """
    words = full_name.split()
    if not 2 <= len(words) <= 3 or any(char.isdigit() for char in full_name):
        return full_name.strip()
    if not all(_CYRILLIC.match(word) for word in words):
        return words[0]
    if len(words) == 3 and _PATRONYMIC.search(words[2]):
        return words[1]
    if len(words) == 2 and _SURNAME.search(words[0]) and not _SURNAME.search(words[1]):
        return words[1]
    return words[0]
