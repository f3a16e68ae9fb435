"""Messages cast from a mould: what is the same in all of them is made once.

Most templates only put values in. Their HTML can be styled, cleaned and turned into text with marks in place of the
values, once for all messages; a message is then the pieces between the marks with its values in between.
Measured on the win-back letter, 20 µs instead of 190.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

# Stands for a value while the HTML is being cleaned. An address, since in a link nothing else would survive.
_MARK = "https://value.invalid/{name}/"
_MARKS = re.compile(r"https://value\.invalid/(\w+)/")
_IN_TAG = re.compile(r"<[^<>]*https://value\.invalid/(\w+)/[^<>]*>")
_OUTPUT = re.compile(r"\{\{-?\s*(\w+)\s*-?\}\}")
# Values that may stand inside a tag: addresses that this program has made itself.
_OWN_ADDRESSES = frozenset({"unsubscribe_url", "nps_url", "why_url"})


@dataclass(frozen=True)
class Mould:
    """Pieces of text, and the names of the values between them (one fewer)."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    def cast(self, values: Mapping[str, str], escape: Callable[[str], str] = str) -> str:
        """The text with the values in place; a missing one is empty."""
        parts = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            parts += (escape(values.get(name, "")), piece)
        return "".join(parts)


def marked(source: str) -> str:
    """The template with a mark in place of each `{{ name }}`."""
    return _OUTPUT.sub(lambda match: _MARK.format(name=match[1]), source)


def mould(text: str) -> Mould:
    """The mould of a text with marks."""
    parts = _MARKS.split(text)
    return Mould(tuple(parts[::2]), tuple(parts[1::2]))


def is_safe(html: str) -> bool:
    """Whether no foreign value stands inside a tag, where cleaning should see it: `href="{{ first_name }}"`."""
    return set(_IN_TAG.findall(html)) <= _OWN_ADDRESSES
