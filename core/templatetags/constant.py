"""Django's `{% translate %}` and `{% url %}`, worked out once where the template writes out what they are asked for.

A page has a hundred of them, and each took Django as long as a query takes the database.
"""

from functools import lru_cache
from typing import Any

from django import template
from django.template import Context, Node
from django.template.base import FilterExpression, Parser, Token, Variable
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.templatetags.i18n import TranslateNode, do_translate
from django.urls import NoReverseMatch, reverse
from django.utils.html import conditional_escape
from django.utils.translation import get_language

register = template.Library()
# Stands in an address for a number that is not known yet.
NUMBER = 4_815_162_342


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """As Django's; a text written out in the template is looked up once for each language."""
    node = do_translate(parser, token)
    told = isinstance(node.filter_expression.var, Variable) and node.filter_expression.var.literal is not None
    is_constant = told and not node.filter_expression.filters and _is_constant(node.message_context)
    return Words(node) if is_constant else node


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """As Django's; the address of a page is asked for once, and that of a row's page once for all numbers."""
    node = django_url(parser, token)
    name = node.view_name.var
    is_plain = _is_constant(node.view_name) and ":" not in name and len(node.args) < 2 and not node.kwargs
    return Address(node, name) if is_plain else node


class Words(Node):
    """A text of the template in each language that it was asked for."""

    child_nodelists = ()

    def __init__(self, node: TranslateNode) -> None:
        self.node, self.asvar = node, node.asvar
        node.asvar = None
        self.told: dict[str, str] = {}

    def render(self, context: Context) -> str:
        language = get_language() or ""
        told = self.told.get(language)
        if told is None:
            told = self.told[language] = self.node.render(context)
        if not self.asvar:
            return told
        context[self.asvar] = told
        return ""


class Address(Node):
    """The address of a page without arguments, or with one number."""

    child_nodelists = ()

    def __init__(self, node: URLNode, name: str) -> None:
        self.node, self.name = node, name

    def render(self, context: Context) -> str:
        values: list[Any] = [arg.resolve(context) for arg in self.node.args]
        try:
            if not values:
                address = _address(self.name)
            elif type(values[0]) is int and values[0] >= 0:
                address = _address(self.name, NUMBER).replace(str(NUMBER), str(values[0]))
            else:
                return self.node.render(context)
        except NoReverseMatch:
            # Django's own words for it; or none, where the template asks whether there is such a page.
            return self.node.render(context)
        if not self.node.asvar:
            return conditional_escape(address) if context.autoescape else address
        context[self.node.asvar] = address
        return ""


@lru_cache(maxsize=1000)
def _address(name: str, *args: int) -> str:
    return reverse(name, args=args)


def _is_constant(expression: FilterExpression | None) -> bool:
    return expression is None or (isinstance(expression.var, str) and not expression.filters)
