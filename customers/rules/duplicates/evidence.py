"""What two cards have in common and what sets them apart, per comparison one level."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from customers.rules.duplicates.cards import Card
from customers.rules.duplicates.companies import company_words, compare_companies
from customers.rules.duplicates.emails import compare_emails
from customers.rules.duplicates.folding import words_of
from customers.rules.duplicates.keys import email_key, phone_key, whole_name_key
from customers.rules.duplicates.names import compare_names, person_name

EMAIL_LEVELS = ("same", "near", "name", "domain", "different")
# Comparisons with the levels that are told as a reason, for and against.
_FOR = {
    "phone": ("same",),
    "email": ("same", "near", "name", "domain"),
    "telegram": ("same",),
    "person": ("same", "like", "initials", "part", "married"),
    "company": ("same", "like", "part"),
    "birthday": ("same", "near"),
    "tax": ("same",),
    "city": ("same",),
    "source": ("other",),
}
_AGAINST = {
    "person": ("relative", "different"),
    "company": ("different",),
    "birthday": ("different",),
    "tax": ("different",),
    "kind": ("different",),
    "source": ("same",),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Levels by comparison; `holders` says how many cards share the address or the name (2: only these two)."""

    levels: Mapping[str, str]
    holders: Mapping[str, int]


def compare(one: Card, other: Card, holders: Mapping[str, int]) -> Evidence:
    """Compare two cards. `holders`: how many cards share a key, by its text; two for one that is not in it."""
    email = _emails(one, other)
    levels = {
        "phone": _shared(one.phones, other.phones),
        "email": email,
        "telegram": _shared(one.telegrams, other.telegrams),
        "birthday": _birthdays(one.birthday, other.birthday),
        "tax": _equal(one.tax_number, other.tax_number),
        "city": _equal(" ".join(words_of(one.city)), " ".join(words_of(other.city))),
        "source": _sources(one, other),
        "kind": "same" if one.kind == other.kind else "different",
    }
    if one.is_company or other.is_company:
        levels["company"] = compare_companies(company_words(one.name), company_words(other.name))
    else:
        levels["person"] = compare_names(person_name(one.name), person_name(other.name))
    return Evidence(levels, dict(_holders(one, other, levels, holders)))


def reasons_of(evidence: Evidence) -> list[dict[str, Any]]:
    """The levels worth telling a person: code, whether it speaks for, and how many share it if more than two."""
    reasons = []
    for name, level in evidence.levels.items():
        is_for = level in _FOR.get(name, ())
        if is_for or level in _AGAINST.get(name, ()):
            reason: dict[str, Any] = {"code": f"{name}_{level}", "for": is_for}
            if evidence.holders.get(name, 2) > 2:
                reason["shared"] = evidence.holders[name]
            reasons.append(reason)
    return reasons


def _holders(
    one: Card, other: Card, levels: Mapping[str, str], holders: Mapping[str, int]
) -> Iterable[tuple[str, int]]:
    if levels["phone"] == "same":
        yield "phone", min(holders.get(phone_key(phone), 2) for phone in one.phones & other.phones)
    if levels["email"] == "same":
        mine, theirs = (set(map(email_key, card.emails)) for card in (one, other))
        yield "email", min(holders.get(key, 2) for key in mine & theirs)
    shares = "same" in (levels["phone"], levels["email"], levels["telegram"])
    for name in ("person", "company"):
        if not shares and levels.get(name) in ("same", "like"):
            yield name, max(holders.get(whole_name_key(card), 2) for card in (one, other))


def _shared(one: frozenset[str], other: frozenset[str]) -> str:
    if not one or not other:
        return "missing"
    return "same" if one & other else "different"


def _emails(one: Card, other: Card) -> str:
    if not one.emails or not other.emails:
        return "missing"
    found = {compare_emails(mine, theirs) for mine in one.emails for theirs in other.emails}
    return min(found, key=EMAIL_LEVELS.index)


def _equal(one: str, other: str) -> str:
    if not one or not other:
        return "missing"
    return "same" if one == other else "different"


def _birthdays(one: date | None, other: date | None) -> str:
    if one is None or other is None:
        return "missing"
    if one == other:
        return "same"
    swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    alike = sum((one.year == other.year, one.month == other.month, one.day == other.day))
    return "near" if swapped or (alike == 2 and abs(one.year - other.year) <= 1) else "different"


def _sources(one: Card, other: Card) -> str:
    """A source knows a customer by one id: two ids in it speak for two customers."""
    mine, theirs = ({source for source, _id in card.refs} for card in (one, other))
    if not mine or not theirs:
        return "missing"
    return "same" if mine & theirs else "other"
