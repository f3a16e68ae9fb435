"""REST endpoints of this app, under /api/v1/."""

from django.urls import path

from nps import api

urlpatterns = [path("nps/responses/", api.Responses.as_view(), name="api_nps_responses")]
