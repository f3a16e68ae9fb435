"""From a template and values to what is sent: subject, text, HTML."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

import css_inline
import nh3
from inscriptis import get_text
from inscriptis.model.config import ParserConfig
from inscriptis.model.html_document_state import HtmlDocumentState
from inscriptis.model.tag import CustomHtmlTagHandlerMapping

from campaigns.rules.liquid_text import is_plain, render
from campaigns.rules.mould import Mould, is_safe, marked, mould

MAX_SUBJECT = 300
_STYLED = {"style", "align", "valign", "width", "height", "bgcolor", "border", "cellpadding", "cellspacing", "role"}
_TAGS = nh3.ALLOWED_TAGS | {"center", "font", "u", "section"}
_ATTRIBUTES = {**nh3.ALLOWED_ATTRIBUTES, "*": _STYLED, "font": {"color", "size", "face"}}
_INLINER = css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)
_SPEAKABLE = ("https://", "http://", "mailto:", "tel:")
_BLANK_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class Text:
    """What a template says in one language."""

    language: str
    subject: str
    body: str


@dataclass(frozen=True)
class Rendered:
    """`html` is empty for a text message."""

    subject: str
    text: str
    html: str = ""


def _open_link(state: HtmlDocumentState, attributes: dict[str, str]) -> None:
    target = attributes.get("href", "")
    state.link_target = target if target.startswith(_SPEAKABLE) else ""


def _close_link(state: HtmlDocumentState) -> None:
    if state.link_target:
        state.tags[-1].write(f": {state.link_target}")


_LINKS_IN_WORDS = ParserConfig(
    custom_html_tag_handler_mapping=CustomHtmlTagHandlerMapping({"a": _open_link}, {"a": _close_link})
)


@dataclass(frozen=True)
class _Moulds:
    subject: Mould
    text: Mould
    html: Mould


def render_sms(source: Text, values: Mapping[str, str]) -> Rendered:
    """A text message. Raises TemplateFaultError."""
    return Rendered("", render(source.body, values, autoescape=False).strip())


def render_email(source: Text, values: Mapping[str, str]) -> Rendered:
    """An e-mail: one-line subject, HTML with its styles inlined and cleaned, and a text part made from it.

    Raises TemplateFaultError.
    """
    moulds = _moulds(source)
    if moulds is not None:
        subject, html = moulds.subject.cast(values), moulds.html.cast(values, escape)
        text = _tidy(moulds.text.cast(values))
    else:
        subject = render(source.subject, values, autoescape=False)
        html = clean(render(source.body, values, autoescape=True))
        text = to_text(html)
    subject = " ".join(subject.split())[:MAX_SUBJECT]
    return Rendered(subject, text, _document(source.language, subject, html))


@lru_cache(maxsize=256)
def _moulds(source: Text) -> _Moulds | None:
    """Moulds of a template that only puts values in; None for one with conditions, loops or filters."""
    if not (is_plain(source.subject) and is_plain(source.body)):
        return None
    html = clean(marked(source.body))
    return _Moulds(mould(marked(source.subject)), mould(to_text(html)), mould(html)) if is_safe(html) else None


def clean(html: str) -> str:
    """HTML safe to show and to send: styles moved into attributes; scripts, forms and frames removed."""
    return nh3.clean(_INLINER.inline(html), tags=_TAGS, attributes=_ATTRIBUTES, link_rel=None)


def to_text(html: str) -> str:
    """The text part of an e-mail; a link is followed by its address."""
    return _tidy(get_text(html, _LINKS_IN_WORDS))


def _tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def _document(language: str, subject: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(subject)}</title></head>\n<body style="margin: 0">{body}</body></html>\n'
    )
