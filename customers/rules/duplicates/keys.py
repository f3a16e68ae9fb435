"""What a card is looked up by: cards that share a key are compared, and no others.

A key that more cards share than its limit says is too common to tell anything; the work is bounded so.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from customers.rules.duplicates.cards import Card
from customers.rules.duplicates.companies import company_words
from customers.rules.duplicates.emails import is_company_domain, is_role, mailbox
from customers.rules.duplicates.folding import fold, words_of
from customers.rules.duplicates.names import consonants, name_key, person_name

# By the first letter of a key: how many cards may share it.
LIMITS = {"p": 40, "e": 40, "t": 40, "n": 60, "w": 25, "l": 25, "d": 25, "b": 40, "c": 40}
SHORT_NAME = 6
MOST = 24


@dataclass(frozen=True, slots=True)
class Key:
    """A text that two likenesses share. `number` is what is kept of it."""

    text: str

    @property
    def number(self) -> int:
        return int.from_bytes(hashlib.blake2b(self.text.encode(), digest_size=8).digest(), "big", signed=True)

    @property
    def limit(self) -> int:
        return LIMITS[self.text[0]]


def phone_key(phone: str) -> str:
    return f"p{phone}"


def email_key(email: str) -> str:
    return "e{}@{}".format(*mailbox(email))


def whole_name_key(card: Card) -> str:
    """What people of one name share; empty where the name is not whole."""
    if card.is_company:
        words = company_words(card.name)
        return f"w{'|'.join(words)}" if words else ""
    key = name_key(person_name(card.name))
    return f"w{key}" if key else ""


def keys_of(card: Card) -> list[Key]:
    """Every key of the card, at most MOST of them."""
    texts = dict.fromkeys((*_contacts(card), *(_company(card) if card.is_company else _person(card))))
    return [Key(text) for text in texts][:MOST]


def _contacts(card: Card) -> Iterator[str]:
    if card.tax_number:
        yield f"n{card.tax_number}"
    for phone in sorted(card.phones):
        yield phone_key(phone)
    for name in sorted(card.telegrams):
        yield f"t{name}"
    for email in sorted(card.emails):
        yield email_key(email)
        name, domain = mailbox(email)
        if len(name) >= SHORT_NAME and not is_role(email):
            yield f"l{name}"
        if card.is_company and is_company_domain(domain):
            yield f"d{domain}"


def _person(card: Card) -> Iterator[str]:
    name = person_name(card.name)
    whole = whole_name_key(card)
    if whole:
        yield whole
        if card.city:
            yield f"{whole}|{_city(card.city)}"
        for email in sorted(card.emails):
            yield f"{whole}|{mailbox(email)[0][:3]}"
        if name.patronymic:
            yield f"{whole}|{name.patronymic[0]}"
    if card.birthday:
        for word in {consonants(name.family), consonants(name.given)} - {""}:
            yield f"b{card.birthday}|{word}"
        if whole:
            yield f"b{whole}|{card.birthday:%m%d}"
            yield f"b{whole}|{card.birthday:%Y}"
            swapped = min((card.birthday.day, card.birthday.month), (card.birthday.month, card.birthday.day))
            yield f"b{whole}|{swapped}"
    if name.family and card.city:
        for email in sorted(card.emails):
            yield f"l{consonants(name.family)}|{_city(card.city)}|{mailbox(email)[0][:3]}"


def _company(card: Card) -> Iterator[str]:
    words = company_words(card.name)
    if words:
        yield whole_name_key(card)
        if card.city:
            yield f"c{'|'.join(words)}|{_city(card.city)}"
            yield from (f"c{consonants(word)}|{_city(card.city)}" for word in words[:4] if len(word) >= SHORT_NAME)


def _city(city: str) -> str:
    return " ".join(words_of(city)) or fold(city)
