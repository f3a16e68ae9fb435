"""The first page, and the reader's language and theme."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from core.actions import choose_preferences
from core.middleware import LANGUAGE_COOKIE, THEME_COOKIE
from core.models import Language, Theme
from core.redirects import redirect_back
from core.roles import Role

YEAR = 365 * 24 * 3600
STARTS_WITH_WORK = {Role.FARMER, Role.HUNTER}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Farmers and hunters start with today's work, others with the overview."""
    return redirect("worklist" if request.user.role in STARTS_WITH_WORK else "overview")


@require_POST
def set_preferences(request: HttpRequest) -> HttpResponse:
    """Choose the language or the theme, and come back to the page one was on."""
    language, theme = request.POST.get("language"), request.POST.get("theme")
    response = redirect_back(request, request.POST.get("next", ""), otherwise="/")
    if request.user.is_authenticated:
        choose_preferences(user=request.user, language=language, theme=theme)
    if language in Language.values:
        _remember(response, LANGUAGE_COOKIE, language)
    if theme in Theme.values:
        _remember(response, THEME_COOKIE, theme)
    return response


def _remember(response: HttpResponse, cookie: str, value: str) -> None:
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", httponly=True)
