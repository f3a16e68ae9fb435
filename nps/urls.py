"""Pages of this app."""

from django.urls import path

from nps import views

urlpatterns = [
    path("nps/", views.nps_results, name="nps_results"),
    path("nps/answers/", views.nps_answers, name="nps_answers"),
    path("n/<str:token>/", views.nps_answer, name="nps_answer"),
]
