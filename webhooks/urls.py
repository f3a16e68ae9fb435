"""Pages of this app."""

from django.urls import path

from webhooks import views

urlpatterns = [
    path("settings/webhooks/", views.webhook_list, name="webhook_list"),
    path("settings/webhooks/new/", views.webhook_new, name="webhook_new"),
    path("settings/webhooks/<int:pk>/", views.webhook, name="webhook"),
    path("settings/webhooks/<int:pk>/edit/", views.webhook_edit, name="webhook_edit"),
    path("settings/webhooks/<int:pk>/secret/", views.webhook_roll, name="webhook_roll"),
    path("settings/webhooks/<int:pk>/switch/", views.webhook_switch, name="webhook_switch"),
    path("settings/webhooks/<int:pk>/test/", views.webhook_test, name="webhook_test"),
    path("settings/webhooks/deliveries/<int:pk>/", views.webhook_delivery, name="webhook_delivery"),
    path("settings/webhooks/deliveries/<int:pk>/again/", views.webhook_again, name="webhook_again"),
]
