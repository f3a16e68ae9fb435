"""Tables of this app for administrators. Facts that are only ever appended are read-only here too."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest
from django.utils.functional import cached_property

from customers import models


class EstimatingPaginator(Paginator):
    """The planner's estimate for an unfiltered list: counting a million rows takes too long."""

    @cached_property
    def count(self) -> int:
        if self.object_list.query.where:
            return super().count
        with connection.cursor() as cursor:
            table = self.object_list.model._meta.db_table
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
            estimate = cursor.fetchone()[0]
        return estimate if estimate > 10_000 else super().count


class LightAdmin(admin.ModelAdmin):
    """Lists that stay quick on a large base."""

    paginator = EstimatingPaginator
    show_full_result_count = False
    list_per_page = 50


class ReadOnlyAdmin(LightAdmin):
    """What nobody changes by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        return False


class RefInline(admin.TabularInline):
    model = models.ExternalRef
    extra = 0


@admin.register(models.Customer)
class CustomerAdmin(LightAdmin):
    list_display = ["id", "name", "kind", "owner", "city", "channel_code", "created_at"]
    list_select_related = ["owner"]
    search_fields = ["name"]
    ordering = ["-id"]
    # Contacts are opened one by one on the customer's card, where that is written down.
    inlines = [RefInline]


@admin.register(models.Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["id", "source", "external_id", "customer", "status", "placed_at", "revenue"]
    list_select_related = ["customer"]
    search_fields = ["=external_id"]
    ordering = ["-id"]


@admin.register(models.ProductCategory)
class CategoryAdmin(LightAdmin):
    list_display = ["name", "margin_rate"]
    list_editable = ["margin_rate"]


@admin.register(models.Product)
class ProductAdmin(LightAdmin):
    list_display = ["sku", "name", "category", "price", "cost", "is_active"]
    list_select_related = ["category"]
    search_fields = ["sku", "name"]
    ordering = ["id"]


@admin.register(models.Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["id", "customer", "channel", "action", "at", "source"]
    list_select_related = ["customer"]
    ordering = ["-id"]


@admin.register(models.TimelineEvent)
class TimelineAdmin(ReadOnlyAdmin):
    list_display = ["id", "customer", "kind", "at"]
    list_select_related = ["customer"]
    ordering = ["-id"]
