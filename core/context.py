"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.middleware import THEME_COOKIE
from core.models import Theme


def interface(request: HttpRequest) -> dict[str, Any]:
    """The company's name and the reader's theme."""
    user = getattr(request, "user", None)
    chosen = user.theme if user is not None and user.is_authenticated else request.COOKIES.get(THEME_COOKIE)
    return {
        "company_name": settings.COMPANY_NAME,
        "theme": chosen if chosen in Theme.values else Theme.AUTO.value,
    }
