"""Addresses of this app."""

from django.urls import path

from platforms.views import inbound, messages, pages

urlpatterns = [
    path("in/<str:key>/", inbound.inbound, name="inbound"),
    # Mango Office writes the name of the event after the address, without a slash at its end.
    path("in/<str:key>/events/summary", inbound.inbound, name="inbound_summary"),
    path("settings/connections/", pages.connection_list, name="connection_list"),
    path("settings/connections/new/", pages.connection_new, name="connection_new"),
    path("settings/connections/<int:pk>/", pages.connection_page, name="connection_page"),
    path("settings/connections/<int:pk>/settings/", pages.connection_settings, name="connection_settings"),
    path("settings/connections/<int:pk>/switch/", pages.connection_switch, name="connection_switch"),
    path("settings/connections/<int:pk>/secret/", pages.connection_secret, name="connection_secret"),
    path("settings/connections/<int:pk>/retry/", messages.connection_retry, name="connection_retry"),
    path("settings/connections/messages/<int:pk>/", messages.inbound_message, name="inbound_message"),
    path("settings/connections/messages/<int:pk>/retry/", messages.inbound_message_retry, name="inbound_message_retry"),
]
