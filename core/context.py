"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.middleware import THEME_COOKIE
from core.models import Theme

# Written by static/js/ferma.js when the menu is folded; read here so that the first paint has its width.
SIDEBAR_COOKIE = "ferma_sidebar"


def interface(request: HttpRequest) -> dict[str, Any]:
    """The company's name and currency, the reader's theme and the width of the menu."""
    user = getattr(request, "user", None)
    chosen = user.theme if user is not None and user.is_authenticated else request.COOKIES.get(THEME_COOKIE)
    return {
        "company_name": settings.COMPANY_NAME,
        # To customers the product's name says nothing: empty where the company has not given its own.
        "own_name": "" if settings.COMPANY_NAME == settings.PRODUCT_NAME else settings.COMPANY_NAME,
        "currency": settings.CURRENCY,
        "theme": chosen if chosen in Theme.values else Theme.AUTO.value,
        "sidebar": "narrow" if request.COOKIES.get(SIDEBAR_COOKIE) == "narrow" else "wide",
    }
