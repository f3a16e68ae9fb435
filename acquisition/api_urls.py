"""REST endpoints of this app, under /api/v1/."""

from django.urls import path

from acquisition import api

urlpatterns = [
    path("channels/", api.ChannelList.as_view(), name="api_channels"),
    path("channels/campaigns/", api.CampaignList.as_view(), name="api_campaigns"),
    path("spend/", api.SpendList.as_view(), name="api_spend"),
    path("spend/bulk/", api.SpendBulk.as_view(), name="api_spend_bulk"),
    path("inquiries/", api.Inquiries.as_view(), name="api_inquiries"),
    path("inquiries/bulk/", api.InquiriesBulk.as_view(), name="api_inquiries_bulk"),
]
