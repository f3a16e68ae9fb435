"""Language, theme and tokens."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
