"""Channels and spend in the administrator's pages."""

from django.contrib import admin

from acquisition.models import Channel, Spend


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):
    list_display = ("name", "code", "kind")
    search_fields = ("name", "code")


@admin.register(Spend)
class SpendAdmin(admin.ModelAdmin):
    list_display = ("month", "channel", "kind", "amount")
    list_filter = ("channel", "kind")
    date_hierarchy = "month"
