"""How alike two names of people are."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from customers.rules.duplicates.folding import words_of
from customers.rules.duplicates.given_names import full_names, group_of, is_given

_PATRONYMIC = re.compile(r".{2,}(?:oviC|eviC|ovna|evna|iniCna|iliC)$")
_FEMININE = re.compile(r"(?<=.)(ov|ev|in)a$")
_ADJECTIVE = re.compile(r"(?<=.)(?:aia|oi|i)$")
LONG_ENOUGH_FOR_A_SLIP = 4
LONG = 7
LEVELS = ("same", "like", "initials", "part", "married", "relative", "different")


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name taken apart, folded. `family` is the stem of the family name as it is `written`.

    `given` and `patronymic` may be initials or empty.
    """

    family: str
    written: str
    given: str
    patronymic: str
    words: tuple[str, ...]


@lru_cache(maxsize=50_000)
def person_name(text: str) -> PersonName:
    """Take a name apart: a known given name is one wherever it stands, else the order is family, given, patronymic."""
    words = words_of(text)[:5]
    rest = list(words)
    patronymic = _taken(rest, [word for word in rest if _PATRONYMIC.match(word)][-1:]) if len(rest) > 2 else ""
    given = _taken(rest, [word for word in rest if is_given(word)][:1])
    initials = [word for word in rest if len(word) == 1]
    if not given:
        given = _taken(rest, initials[:1])
        patronymic = patronymic or _taken(rest, initials[1:2])
    elif not patronymic:
        patronymic = _taken(rest, initials[:1])
    if not given and len(rest) > 1:
        given = _taken(rest, rest[1:2])
    if not patronymic and len(rest) > 1:
        patronymic = _taken(rest, [word for word in rest if _PATRONYMIC.match(word)][-1:])
    family = rest[0] if rest else ""
    return PersonName(_stem(family), family, given, patronymic, tuple(words))


def _taken(rest: list[str], found: list[str]) -> str:
    for word in found:
        rest.remove(word)
        return word
    return ""


def _stem(family: str) -> str:
    """Иванова and Иванов, Белая and Белый are one family."""
    if _FEMININE.search(family):
        return family[:-1]
    return _ADJECTIVE.sub("", family) if len(family) > LONG_ENOUGH_FOR_A_SLIP else family


def is_slip(one: str, other: str) -> bool:
    """Whether one word is the other with a slip of the pen: a letter changed, left out, added or swapped."""
    if min(len(one), len(other)) < LONG_ENOUGH_FOR_A_SLIP:
        return False
    allowed = 2 if max(len(one), len(other)) >= LONG else 1
    return DamerauLevenshtein.distance(one, other, score_cutoff=allowed) <= allowed


def _given(one: str, other: str) -> str:
    """same, like, initial, none (not told) or other."""
    if not one or not other:
        return "none"
    if one == other:
        return "same"
    if len(one) == 1 or len(other) == 1:
        return "initial" if one[0] == other[0] else "other"
    if full_names(one) & full_names(other):
        return "like"
    if is_given(one) and is_given(other):
        return "other"
    # Beside a known name a slip is told even in a short word.
    is_near = (
        DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1 if is_given(one) or is_given(other) else False
    )
    return "like" if is_near or is_slip(one, other) else "other"


def _family(one: PersonName, other: PersonName) -> str:
    if not one.family or not other.family:
        return "none"
    if one.family == other.family:
        return "same"
    return "like" if is_slip(one.family, other.family) or is_slip(one.written, other.written) else "other"


def compare_names(one: PersonName, other: PersonName) -> str:
    """same, like, initials, part, married, relative, different; missing where one has no name.

    part: one name is a part of the other that many share. married: all but the family is the same.
    relative: one family, other given names or fathers.
    """
    if not one.words or not other.words:
        return "missing"
    if sorted(one.words) == sorted(other.words) and len(one.words) > 1 and min(map(len, one.words)) > 1:
        return "same"
    return min((_compared(mine, theirs) for mine in _readings(one) for theirs in _readings(other)), key=LEVELS.index)


def _readings(name: PersonName) -> tuple[PersonName, ...]:
    """Where no word is a known given name, either of them may be it."""
    if is_given(name.given) or len(name.given) < 2 or not name.family:
        return (name,)
    return name, replace(name, family=_stem(name.given), written=name.given, given=name.written)


def _compared(one: PersonName, other: PersonName) -> str:
    family, given = _family(one, other), _given(one.given, other.given)
    father = _given(one.patronymic, other.patronymic)
    if "other" in (given, father):
        return "relative" if family in ("same", "like") else "different"
    if family == "other":
        return "married" if given in ("same", "like") and father in ("same", "like") else "different"
    if "none" in (family, given):
        return "part"
    if given == "initial":
        return "initials"
    return "same" if (family, given, father) == ("same", "same", "same") else "like"


def name_key(name: PersonName) -> str:
    """Family and the group of the given name; empty where one of them is not told."""
    if not name.family or len(name.given) < 2:
        return ""
    return " ".join(sorted((consonants(name.family), consonants(group_of(name.given)))))


def consonants(word: str) -> str:
    """A word without its vowels after the first letter, where spellings differ most."""
    return word[:1] + re.sub("[aeiou]", "", word[1:])
