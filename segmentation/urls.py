"""Pages of this app."""

from django.urls import path

from segmentation.views.nights import nights
from segmentation.views.policies import policies
from segmentation.views.x_marks import x_mark

urlpatterns = [
    path("policies/", policies, name="policies"),
    path("nights/", nights, name="nights"),
    path("customers/<int:pk>/x/", x_mark, name="x_mark"),
]
