"""Pages of this app."""

from django.urls import path

from segmentation.views.nights import nights
from segmentation.views.policies import policies, policy_withdraw
from segmentation.views.x_marks import capability_options, need, need_add, need_remove, x_mark

urlpatterns = [
    path("policies/", policies, name="policies"),
    path("policies/<int:pk>/withdraw/", policy_withdraw, name="policy_withdraw"),
    path("nights/", nights, name="nights"),
    path("customers/<int:pk>/x/", x_mark, name="x_mark"),
    path("customers/<int:pk>/needs/", need_add, name="need_add"),
    path("customers/<int:pk>/needs/<int:need_id>/", need, name="need"),
    path("customers/<int:pk>/needs/<int:need_id>/remove/", need_remove, name="need_remove"),
    path("capabilities/find/", capability_options, name="capability_options"),
]
