"""The template language of people who write messages: Liquid, with everything dangerous taken out.

Templates see a dictionary of plain text and nothing else. Loops, output and variables are limited; filters and
tags that could blow up time or memory are not there; a text is rendered once, so that a value which itself
looks like a template stays as it is.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from campaigns.rules.variables import NAMES

MAX_SOURCE = 50_000
_FILTERS = frozenset(
    [
        "abs",
        "append",
        "at_least",
        "at_most",
        "capitalize",
        "ceil",
        "default",
        "divided_by",
        "downcase",
        "floor",
        "lstrip",
        "minus",
        "modulo",
        "plus",
        "prepend",
        "round",
        "rstrip",
        "size",
        "slice",
        "strip",
        "times",
        "truncate",
        "truncatewords",
        "upcase",
        "url_encode",
    ]
)
_TAGS = frozenset(
    [
        "#",
        "assign",
        "break",
        "capture",
        "case",
        "comment",
        "content",
        "continue",
        "cycle",
        "echo",
        "for",
        "if",
        "illegal",
        "output",
        "unless",
    ]
)
_MARKUP = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
_STRING = re.compile(r"'[^']*'|\"[^\"]*\"")
_SMALL_RANGE = re.compile(r"\(\s*\d{1,3}\s*\.\.\s*\d{1,3}\s*\)")


class TemplateFaultError(Exception):
    """The template cannot be used; the text says what is wrong and in which line."""


class _Limited(Environment):
    loop_iteration_limit = 1_000
    output_stream_limit = 200_000
    local_namespace_limit = 50_000
    block_nesting_limit = 10


def _environment(*, autoescape: bool) -> Environment:
    env = _Limited(autoescape=autoescape)
    env.filters = {name: filter_ for name, filter_ in env.filters.items() if name in _FILTERS}
    env.tags = {name: tag for name, tag in env.tags.items() if name in _TAGS}
    return env


_ENVIRONMENTS = {escape: _environment(autoescape=escape) for escape in (True, False)}


@lru_cache(maxsize=256)
def parse(source: str, *, autoescape: bool) -> BoundTemplate:
    """A parsed template. Raises TemplateFaultError."""
    if len(source) > MAX_SOURCE:
        raise TemplateFaultError(f"longer than {MAX_SOURCE} characters")
    for markup in _MARKUP.findall(source):
        # A range is spelled out in memory by some filters: (1..1000000000) reversed.
        if ".." in _SMALL_RANGE.sub("", _STRING.sub("", markup)):
            raise TemplateFaultError(f"a range goes from number to number, up to 999: {markup}")
    try:
        return _ENVIRONMENTS[autoescape].from_string(source)
    except LiquidError as error:
        raise TemplateFaultError(_first_line(error)) from error


def render(source: str, values: Mapping[str, str], *, autoescape: bool) -> str:
    """The text with the values put in; in HTML (`autoescape`) they are escaped.

    Raises TemplateFaultError for a broken template or one that goes over a limit.
    """
    template = parse(source, autoescape=autoescape)
    try:
        return template.render(**values)
    except (LiquidError, ValueError, ArithmeticError) as error:
        raise TemplateFaultError(_first_line(error)) from error


def check(source: str) -> None:
    """Raise TemplateFaultError if the template cannot be read or names a variable or filter that does not exist."""
    template = parse(source, autoescape=True)
    unknown = sorted((set(template.global_variables()) - NAMES) | (set(template.filter_names()) - _FILTERS))
    if unknown:
        raise TemplateFaultError(f"unknown: {', '.join(unknown)}")


def is_plain(source: str) -> bool:
    """Whether values are only put in, without conditions, loops and filters."""
    template = parse(source, autoescape=True)
    return not template.tag_names() and not template.filter_names()


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error)
    return str(message).splitlines()[0] if str(message) else type(error).__name__
