"""The description of the API: OpenAPI, and pages to read and try it."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path(
        "docs/",
        # The split view keeps its script apart, as the Content-Security-Policy demands.
        SpectacularSwaggerSplitView.as_view(url_name="api_schema", template_name="core/api_docs.html"),
        name="api_docs",
    ),
]
