"""Names written in two alphabets and many spellings, folded into one.

Дмитрий, Dmitry, Dmitrij and Dmitriy all become `dmitri`; Хрущёв and Khrushchev `hruSev`. A capital stands for a
sound that Latin writes with two letters: S for ш and щ, C for ч, Z for ж, T for ц. What is folded is for comparing
only.
"""

import re
import unicodedata
from functools import lru_cache

_CYRILLIC = str.maketrans(
    {
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "Z", "з": "z", "и": "i",
        "й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
        "у": "u", "ф": "f", "х": "h", "ц": "T", "ч": "C", "ш": "S", "щ": "S", "ъ": "", "ы": "i", "ь": "",
        "э": "e", "ю": "iu", "я": "ia", "і": "i", "ї": "i", "є": "e", "ґ": "g",
    }
)  # fmt: skip
_LATIN = (
    ("shch", "S"), ("sch", "S"), ("tch", "C"), ("sh", "S"), ("ch", "C"), ("zh", "Z"), ("kh", "h"), ("ph", "f"),
    ("ck", "k"), ("ts", "T"), ("tz", "T"), ("x", "ks"), ("q", "k"), ("w", "v"), ("c", "k"), ("y", "i"), ("j", "i"),
)  # fmt: skip
_IS_CYRILLIC = re.compile("[а-яёіїєґ]")
_DOUBLED = re.compile(r"(.)\1+")
_WORD = re.compile(r"[^\W\d_]+")
_NOT_WRITTEN = re.compile("['’ʼ`\"«»„“”]")


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """One word in the common spelling."""
    lowered = unicodedata.normalize("NFKC", word).lower()
    text = lowered.translate(_CYRILLIC)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    if text == lowered or not _IS_CYRILLIC.search(lowered):
        for written, sound in _LATIN:
            text = text.replace(written, sound)
    text = _DOUBLED.sub(r"\1", text).replace("ie", "e").replace("io", "e")
    return _DOUBLED.sub(r"\1", text)


def words_of(text: str) -> list[str]:
    """The words of a text, folded; digits and signs are left out."""
    return [folded for word in _WORD.findall(_NOT_WRITTEN.sub("", text)) if (folded := fold(word))]
