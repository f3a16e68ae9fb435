"""Pages of this app."""

from django.urls import path

from acquisition import views
from acquisition.views import desk, desk_one

urlpatterns = [
    path("spend/", views.spend, name="spend"),
    path("spend/cell/", views.spend_cell, name="spend_cell"),
    path("spend/copy/", views.spend_copy, name="spend_copy"),
    path("spend/retention/", views.retention_save, name="retention_save"),
    path("spend/parts/<int:pk>/clear/", views.spend_part_clear, name="spend_part_clear"),
    path("inquiries/", desk.inquiries, name="inquiries"),
    path("inquiries/who/", desk.inquiry_who, name="inquiry_who"),
    path("inquiries/terms/", desk.leak_policy, name="leak_policy"),
    path("inquiries/<int:pk>/", desk_one.inquiry_page, name="inquiry"),
    path("inquiries/<int:pk>/answer/", desk_one.inquiry_answer, name="inquiry_answer"),
    path("inquiries/<int:pk>/contact/", desk_one.inquiry_capture, name="inquiry_capture"),
    path("inquiries/<int:pk>/step/", desk_one.inquiry_step, name="inquiry_step"),
    path("inquiries/<int:pk>/order/", desk_one.inquiry_order, name="inquiry_order"),
    path("inquiries/<int:pk>/spam/", desk_one.inquiry_spam, name="inquiry_spam"),
    path("inquiries/<int:pk>/take/", desk_one.inquiry_take, name="inquiry_take"),
    path("inquiries/<int:pk>/show/", desk_one.inquiry_contact, name="inquiry_contact"),
    path("channels/", views.channel_open, name="channel_open"),
    path("channels/attribution/", views.attribution_rule, name="attribution_rule"),
    path("channels/<int:pk>/", views.channel, name="channel"),
    path("channels/<int:pk>/spend/", views.channel_spend, name="channel_spend"),
    path("channels/<int:pk>/campaigns/", views.campaign_open, name="campaign_open"),
    path("channels/campaigns/<int:pk>/", views.campaign_edit, name="campaign_edit"),
]
