"""Addresses of everything. Each app has its own `urls.py`; the API is gathered under /api/v1/."""

from allauth.account import urls as account_urls
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from core.api_views import UnknownAddress

api: list[URLPattern | URLResolver] = [
    path("", include("core.api_urls")),
    path("", include("customers.api_urls")),
    path("", include("acquisition.api_urls")),
    path("", include("segmentation.api_urls")),
    path("", include("webforms.api_urls")),
    path("", include("nps.api_urls")),
    path("<path:rest>", UnknownAddress.as_view()),
]

# The address that one logs in with is the administrator's to change. A visit to allauth's own page for it would
# besides write an unverified address, which keeps two-step log-in from being switched on.
CLOSED = {"account_email", "account_confirm_email", "account_email_verification_sent"}
accounts = [each for each in account_urls.urlpatterns if each.name not in CLOSED]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include(accounts)),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("api/v1/", include(api)),
    path("", include("crm.health_urls")),
    path("", include("core.urls")),
    path("", include("customers.urls")),
    path("", include("market.urls")),
    path("", include("acquisition.urls")),
    path("", include("platforms.urls")),
    path("", include("webforms.urls")),
    path("", include("webhooks.urls")),
    path("", include("segmentation.urls")),
    path("", include("touches.urls")),
    path("", include("campaigns.urls")),
    path("", include("nps.urls")),
    path("", include("dashboard.urls")),
]
