"""The health page."""

from django.urls import path

from crm import health

urlpatterns = [path("healthz", health.healthz, name="healthz")]
