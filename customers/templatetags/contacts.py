"""One address of a customer as every page shows it: masked, with an eye to open it; opened, with a link."""

from functools import lru_cache
from typing import Protocol

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy

from core.formats import NOTHING, masked_text, phone_text
from core.html import filled
from core.templatetags.ferma import icon
from customers.models import ContactChannel

register = template.Library()
# What a link to the address begins with.
SCHEMES = {
    ContactChannel.PHONE: "tel",
    ContactChannel.EMAIL: "mailto",
    ContactChannel.TELEGRAM: "https",
    ContactChannel.WHATSAPP: "https",
}
LINKS = {
    ContactChannel.PHONE: "tel:{}",
    ContactChannel.EMAIL: "mailto:{}",
    ContactChannel.TELEGRAM: "https://t.me/{}",
    ContactChannel.WHATSAPP: "https://wa.me/{}",
}
SHOW: dict[str, str | Promise] = {
    ContactChannel.PHONE: gettext_lazy("Show the phone"),
    ContactChannel.EMAIL: gettext_lazy("Show the e-mail"),
    ContactChannel.TELEGRAM: gettext_lazy("Show the name in Telegram"),
    ContactChannel.WHATSAPP: gettext_lazy("Show the number in WhatsApp"),
}


class Address(Protocol):
    """A ContactPoint, or a row's own record of one."""

    pk: int
    channel: str
    value: str


@register.simple_tag
def contact_value(point: Address | None) -> SafeString | str:
    """`{% contact_value point %}`: the masked address with an eye; a dash for none."""
    return NOTHING if point is None else closed_contact(point.pk, point.channel, point.value)


def closed_contact(pk: int, channel: str, value: str) -> SafeString:
    """The masked address, which a click asks the server to open."""
    text = masked_text(value, channel)
    return filled(_closed(channel, get_language() or ""), text, _address_of(pk), text)


# Every row of a list has one or two, which differ in the address only.
@lru_cache(maxsize=100)
def _closed(channel: str, _language: str) -> str:
    """The pattern of a masked address: its text, where to ask, and its text again."""
    eye = (
        '<span class="contact"><span class="contact-text">{{}}</span><button type="button" class="contact-eye" '
        'hx-post="{{}}" hx-target="closest .contact" hx-swap="outerHTML" data-scheme="{}" title="{}" '
        'aria-label="{}: {{}}">{}</button></span>'
    )
    return filled(eye, SCHEMES[ContactChannel(channel)], SHOW[channel], SHOW[channel], icon("eye"))


@register.simple_tag
def contact_button(point: Address | None, label: str, sign: str, css: str = "btn") -> SafeString | str:
    """`{% contact_button point "Call" "phone" %}`: one click opens the address and follows it."""
    if point is None:
        return ""
    return filled(
        '<button type="button" class="{}" hx-post="{}" hx-vals=\'{{"look": "button"}}\' hx-target="this" '
        'hx-swap="outerHTML" data-scheme="{}" data-follow>{}{}</button>',
        css,
        _address_of(point.pk),
        SCHEMES[ContactChannel(point.channel)],
        icon(sign),
        label,
    )


def link_to(point: Address) -> str:
    """Where a click on the open address leads: a call, a letter, a messenger."""
    value = point.value.removeprefix("+") if point.channel == ContactChannel.WHATSAPP else point.value
    return LINKS[ContactChannel(point.channel)].format(value.removeprefix("@"))


def open_text(point: Address) -> str:
    """The whole address as people write it."""
    if point.channel == ContactChannel.TELEGRAM:
        return f"@{point.value.removeprefix('@')}"
    return point.value if point.channel == ContactChannel.EMAIL else phone_text(point.value)


@lru_cache(maxsize=1)
def _pattern() -> str:
    return reverse("contact_open", args=[0])


def _address_of(pk: int) -> str:
    return _pattern().replace("/0/", f"/{pk}/", 1)
