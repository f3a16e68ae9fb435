"""REST endpoints of this app, under /api/v1/."""

from django.urls import path

from segmentation import api

urlpatterns = [
    path("audiences/", api.Audiences.as_view(), name="api_audiences"),
    path("audiences/<int:pk>/members/", api.Members.as_view(), name="api_audience_members"),
]
