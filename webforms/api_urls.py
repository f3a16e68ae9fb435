"""REST endpoints of this app, under /api/v1/."""

from django.urls import path

from webforms import api

urlpatterns = [path("visitor-tokens/", api.VisitorTokens.as_view(), name="api_visitor_tokens")]
