"""Offers and codes in the administrator's pages."""

from django.contrib import admin

from loyalty.models import Offer, PromoCode


@admin.register(Offer)
class OfferAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "percent", "amount", "valid_days", "prefix", "is_active"]


@admin.register(PromoCode)
class PromoCodeAdmin(admin.ModelAdmin):
    list_display = ["code", "offer", "customer", "issued_at", "expires_at", "redeemed_at"]
    list_filter = ["offer"]
    search_fields = ["code"]
    raw_id_fields = ["customer", "redeemed_by"]
