"""Names of companies without their legal form."""

import re
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from customers.rules.duplicates.folding import words_of

_FORMS = (
    r"общество с ограниченной ответственностью", r"индивидуальный предприниматель", r"акционерное общество",
    r"публичное", r"закрытое", r"открытое", r"ооо", r"оао", r"зао", r"пао", r"нао", r"ао", r"ип", r"тоо", r"чп", r"гк",
    r"тд", r"торговый дом", r"группа компаний", r"компания", r"фирма", r"филиал",
    r"llc", r"ltd", r"inc", r"gmbh", r"corp", r"co", r"limited", r"ooo", r"oao", r"zao", r"pao", r"ip", r"jsc",
    r"company",
)  # fmt: skip
_FORM = re.compile(r"(?<!\w)(?:" + "|".join(_FORMS) + r")(?!\w)\.?", re.IGNORECASE)
LONG_ENOUGH = 5


@lru_cache(maxsize=50_000)
def company_words(name: str) -> tuple[str, ...]:
    """The words of the name proper, folded and sorted."""
    return tuple(sorted(words_of(_FORM.sub(" ", name)) or words_of(name)))


def compare_companies(one: tuple[str, ...], other: tuple[str, ...]) -> str:
    """same, like (slips), part (one name within the other), different; missing where one has no name."""
    if not one or not other:
        return "missing"
    if one == other or "".join(one) == "".join(other):
        return "same"
    if len(one) == len(other) and all(map(_is_like, one, other)):
        return "like"
    return "part" if set(one) < set(other) or set(other) < set(one) else "different"


def _is_like(one: str, other: str) -> bool:
    if one == other:
        return True
    is_long = min(len(one), len(other)) >= LONG_ENOUGH
    return is_long and DamerauLevenshtein.distance(one, other, score_cutoff=1) <= 1
