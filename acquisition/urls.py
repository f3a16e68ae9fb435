"""Pages of this app."""

from django.urls import path

from acquisition import views

urlpatterns = [
    path("spend/", views.spend, name="spend"),
    path("spend/cell/", views.spend_cell, name="spend_cell"),
    path("spend/copy/", views.spend_copy, name="spend_copy"),
    path("channels/", views.channel_open, name="channel_open"),
    path("channels/<int:pk>/", views.channel, name="channel"),
]
