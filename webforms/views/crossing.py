"""Requests from other sites: who may ask, and what the browser is told."""

import json
from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from core.middleware import LANGUAGE_COOKIE
from core.models import Language
from core.visitors import visitor
from webforms.actions import take_turn
from webforms.models import Form
from webforms.rules.addresses import origin_of

MAX_BODY = 16 * 1024
WINDOW = 600
# In ten minutes: from one address, and of one form from everywhere.
FROM_ADDRESS = 20
OF_FORM = 300


def asker(request: HttpRequest, origins: Collection[str]) -> str | None:
    """The origin that asks, if it is one of the site's own."""
    origin = origin_of(request.headers.get("Origin", ""))
    return origin if origin in origins else None


def own_origin(request: HttpRequest) -> str | None:
    """The origin of these pages."""
    return origin_of(request.build_absolute_uri("/"))


def share(response: HttpResponse, origin: str | None) -> HttpResponse:
    """Let exactly this origin read the answer."""
    response["Vary"] = "Origin"
    if origin is not None:
        response["Access-Control-Allow-Origin"] = origin
    return response


def body_of(request: HttpRequest) -> Any:
    """The JSON of a request. Raises ValueError for what is none, or larger than a form can be."""
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise ValueError("too large")
    try:
        return json.loads(body.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("too deep") from error


def limit(request: HttpRequest, form: Form) -> None:
    """Count a submission against the limits. Raises TooMany."""
    now = timezone.now()
    address = visitor(request).ip or "unknown"
    take_turn(name=f"form:{address}", limit=FROM_ADDRESS, seconds=WINDOW, now=now)
    take_turn(name=f"form:{form.pk}", limit=OF_FORM, seconds=WINDOW, now=now)


def speak(request: HttpRequest) -> str:
    """Answer in the language that the page asks for, else the browser's choice kept earlier, else its own."""
    told = request.GET.get("lang") or request.COOKIES.get(LANGUAGE_COOKIE, "")
    language = told if told in Language.values else translation.get_language_from_request(request)
    language = language if language in Language.values else Language.RUSSIAN.value
    translation.activate(language)
    request.LANGUAGE_CODE = language
    return language
