"""Language and theme of the reader; who acts; domain errors as pages; what no page can read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from structlog.contextvars import bind_contextvars

from core.errors import DomainError, overtaken
from core.journal import acting, nobody_acts
from core.redirects import stays_here
from core.visitors import visitor

LANGUAGE_COOKIE = "ferma_language"
THEME_COOKIE = "ferma_theme"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Its own authentication tells who acts there.
API = "/api/"
Respond = Callable[[HttpRequest], HttpResponse]


class NoNulMiddleware:
    """Refuse NUL in what an address or a form says: no browser sends it, and PostgreSQL cannot keep it.

    Views of the API, and those that read the body as bytes, are left alone: they refuse it themselves, in words of
    their own.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, _args: Any, kwargs: dict[str, Any]) -> None:
        if hasattr(view, "cls") or getattr(view, "takes_raw_body", False):
            return
        told = [request.GET, request.POST] if request.method == "POST" else [request.GET]
        values = [value for fields in told for listed in fields.lists() for value in (listed[0], *listed[1])]
        if any("\0" in value for value in (*values, *map(str, kwargs.values()))):
            raise BadRequest("NUL in the request")


class UserLocaleMiddleware:
    """Before log-in: the language chosen earlier in this browser, else the default (Russian)."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
        _activate(request, chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        translation.deactivate()
        return response


class UserPreferencesMiddleware:
    """After log-in: the language kept with the account."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            _activate(request, request.user.language)
        return self.get_response(request)


class JournalActorMiddleware:
    """What this request changes was done by who is logged in; what it does otherwise, by nobody of the company."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE_METHODS:
            nobody_acts()
        elif not request.path.startswith(API):
            acting(user_id=request.user.pk, origin="web")
        return self.get_response(request)


class AddressInLogsMiddleware:
    """Each line of the log that belongs to a request says where it came from."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        bind_contextvars(ip=visitor(request).ip)
        return self.get_response(request)


class DomainErrorMiddleware:
    """A refusal that a view did not handle becomes a page that says what to do."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        error = overtaken(error) or error
        if not isinstance(error, DomainError):
            return None
        context = {"error": error, "back": _page_before(request)}
        return render(request, "core/refused.html", context, status=error.status)


def _page_before(request: HttpRequest) -> str:
    before = request.headers.get("Referer", "")
    return before if stays_here(request, before) else "/"


def _activate(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language
