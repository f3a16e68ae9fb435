"""Pages of this app."""

from django.urls import URLPattern, path

from market.views import departures, settings

urlpatterns: list[URLPattern] = [
    path("leaving/reasons/", settings.leaving_reasons, name="leaving_reasons"),
    path("leaving/reasons/<int:pk>/", settings.leaving_reason, name="leaving_reason"),
    path("leaving/reasons/<int:pk>/move/", settings.leaving_reason_move, name="leaving_reason_move"),
    path("competitors/", settings.competitors, name="competitors"),
    path("competitors/<int:pk>/", settings.competitor, name="competitor"),
    path("customers/<int:pk>/left/", departures.customer_left, name="customer_left"),
    path("customers/<int:pk>/left/<int:departure_id>/undo/", departures.customer_left_undo, name="customer_left_undo"),
    path("why/<str:token>/", departures.why, name="why"),
]
