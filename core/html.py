"""HTML put together in Python, where a page has hundreds of the same.

Django's `format_html` and `conditional_escape` ask of every value whether it is lazy, and wrap what they give anew;
on a list that took a tenth of the page's time.
"""

from html import escape
from typing import Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


def escaped(value: Any) -> str:
    """The same text as `conditional_escape` gives, sooner for what is a plain text."""
    kind = type(value)
    if kind is SafeString:
        return str(value)
    return escape(value) if kind is str else conditional_escape(value)


def filled(pattern: str, *values: Any) -> SafeString:
    """The same as `format_html`: each value is escaped where it is put in."""
    return SafeString(pattern.format(*map(escaped, values)))
