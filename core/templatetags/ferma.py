"""Filters and tags of every page: money, numbers, dates, phones, badges, icons, lists."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from core import formats
from core.badges import GRADES, STAGES
from core.html import filled
from core.navigation import Group, current_of, menu_for, menu_of
from core.periods import company_day
from core.rules import masking

register = template.Library()


@register.filter
def money(amount: Decimal | int | None) -> str:
    """`{{ amount|money }}`: localised, with the currency; the exact sum on hover where it was rounded.

    Inside an attribute or a sentence for a screen reader use `money_text`.
    """
    text = formats.money_text(amount)
    value = None if amount is None else Decimal(amount)
    if value is None or value == value.to_integral_value():
        return text
    exact = formats.exact_money_text(value)
    return filled('<span class="num" title="{}">{}</span>', exact, text) if text != exact else text


@register.filter
def money_text(amount: Decimal | int | None) -> str:
    """The same as `money`, as plain text."""
    return formats.money_text(amount)


@register.filter
def exact_money(amount: Decimal | int | None) -> str:
    """With all minor units, as plain text."""
    return formats.exact_money_text(amount)


@register.filter
def number(value: Decimal | float | int | None, digits: int | None = None) -> str:
    """`{{ n|number }}` or, with a fixed count of decimals, `{{ x|number:1 }}`."""
    return formats.number_text(value, digits)


@register.filter
def percent(share: Decimal | float | None, digits: int = 1) -> str:
    """`{{ 0.123|percent }}` is “12.3%”, «12,3 %» in Russian."""
    return formats.percent_text(share, digits)


@register.filter
def reldate(value: date | datetime | None) -> str:
    """“3 days ago”, with the exact day or time on hover."""
    if value is None:
        return formats.NOTHING
    today = company_day(timezone.now())
    return filled(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        formats.exact_date_text(value),
        formats.relative_date_text(value, today),
    )


@register.filter
def exact_date(value: date | datetime | None) -> str:
    """“12 May 2026”, and the time where there is one."""
    return formats.NOTHING if value is None else formats.exact_date_text(value)


@register.filter
def month(value: date, form: str = "") -> str:
    """`{{ day|month }}`: “November 2026”, «ноябрь 2026»; `{{ day|month:"name" }}` without the year."""
    return formats.month_text(value, with_year=form != "name")


@register.filter
def phone(value: str | None) -> str:
    """+79123456789 as +7 912 345-67-89."""
    return formats.phone_text(value)


@register.filter
def masked(value: str | None, channel: str = "") -> str:
    """`{{ address|masked:point.channel }}`: +7 912 ••• •• 34, a•••@shop.ru."""
    return formats.masked_text(value, channel)


@register.filter
def masked_within(text: str) -> str:
    """`{{ delivery.error|masked_within }}`: the addresses inside a machine's text masked."""
    return masking.masked_within(text)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; decoration, unless a label is given for screen readers."""
    if label:
        return filled(
            '<svg class="icon {}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, _in_sprite(name)
        )
    return _drawing(name, css)


# A list has several icons in every row.
@lru_cache(maxsize=512)
def _drawing(name: str, css: str) -> SafeString:
    return filled('<svg class="icon {}" aria-hidden="true"><use href="{}"/></svg>', css, _in_sprite(name))


def _in_sprite(name: str) -> str:
    return f"{static('vendor/icons.svg')}#{name}"


@register.simple_tag
def grade(letter: str | None, marked: Any = None, word: bool = False) -> SafeString:
    """Badge of a grade: always the same letter, colour and word. `marked`: the customer has an X mark."""
    return _grade(str(letter or ""), bool(marked), word, get_language())


@lru_cache(maxsize=100)
def _grade(letter: str, marked: bool, word: bool, _language: str) -> SafeString:
    known = GRADES.get(letter, GRADES[""])
    badge = filled(
        '<span class="grade grade-{}" title="{}">{}<span class="visually-hidden"> ({})</span></span>',
        known.css,
        f"{known.letter} — {known.word}",
        known.letter,
        known.word,
    )
    if word:
        badge += filled(' <span class="grade-word">{}</span>', known.word)
    if marked:
        mark = GRADES["X"]
        badge += filled(
            '<span class="grade grade-x" title="{}">X<span class="visually-hidden"> ({})</span></span>',
            f"X — {mark.word}",
            mark.word,
        )
    return badge


@register.simple_tag
def lifecycle(stage: str | None) -> SafeString:
    """Chip of a lifecycle stage: an icon and a word."""
    return _lifecycle(str(stage or ""), get_language())


@lru_cache(maxsize=100)
def _lifecycle(stage: str, _language: str) -> SafeString:
    known = STAGES.get(stage)
    if known is None:
        return filled('<span class="stage stage-none">{}</span>', formats.NOTHING)
    return filled(
        '<span class="stage stage-{}" title="{}">{}{}</span>',
        known.css,
        known.hint,
        icon(known.icon),
        known.word,
    )


@register.inclusion_tag("core/_empty_state.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "", image: str = "inbox") -> dict[str, str]:
    """What to see and do where there are no rows. `image` is the name of an icon used elsewhere."""
    return {"title": title, "text": text, "url": url, "label": label, "image": image}


@register.inclusion_tag("core/_sort_header.html", takes_context=True)
def sort_header(context: Context, key: str, label: str, css: str = "", first: str = "-") -> dict[str, Any]:
    """A `<th>` that sorts by `key`; `first` is the direction of the first click, "-" or ""."""
    current = context.get("sort", "")
    is_sorted = current.removeprefix("-") == key
    other = {"": "-", "-": ""}["-" if current.startswith("-") else ""]
    return {
        "label": label,
        "css": css,
        "is_sorted": is_sorted,
        "descending": current.startswith("-"),
        "url": _changed_query(context["request"], sort=(other if is_sorted else first) + key, page=None),
    }


@register.inclusion_tag("core/_pagination.html", takes_context=True)
def pagination(context: Context, page: Page) -> dict[str, Any]:
    """Previous and next page with the rows shown; keeps the rest of the address."""
    request = context["request"]
    return {
        "page": page,
        "previous": _changed_query(request, page=page.number - 1) if page.has_previous() else None,
        "next": _changed_query(request, page=page.number + 1) if page.has_next() else None,
    }


def _changed_query(request: HttpRequest, **changes: Any) -> str:
    query = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"{request.path}?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def menu(context: Context) -> list[Group]:
    """The navigation as the reader sees it on this page."""
    request = context["request"]
    return menu_for(request.user, request.path)


@register.simple_tag(takes_context=True)
def menu_groups(context: Context) -> SafeString:
    """The entries of the main menu, all of them; most of what every page has in common."""
    request = context["request"]
    return _menu_groups(request.user.role, get_language() or "", current_of(request.user, request.path))


@lru_cache(maxsize=1000)
def _menu_groups(role: str, _language: str, current: tuple[str, ...]) -> SafeString:
    return render_to_string("core/_menu_groups.html", {"groups": menu_of(role, current)})
