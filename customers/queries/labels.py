"""Tags, and the fields of the company's own."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from customers.models import CustomerTag, CustomField, Tag
from customers.rules.custom_fields import FieldSpec

SUGGESTED = 8


def fields_in_use() -> list[CustomField]:
    """The company's own fields that are in use, in their order."""
    return list(CustomField.objects.filter(is_active=True))


def field_specs() -> dict[str, FieldSpec]:
    """The same as `read_custom` wants them, by code."""
    return {field.code: spec_of(field) for field in fields_in_use()}


def spec_of(field: CustomField) -> FieldSpec:
    """One field as `read_custom` wants it."""
    return FieldSpec(field.code, field.kind, tuple(field.choices))


def tags_like(text: str, customer_ids: Collection[int] = ()) -> QuerySet[Tag]:
    """Tags whose name holds the text and that not all of the customers have, the most used first."""
    tags = Tag.objects.filter(name__icontains=text.strip()[:60])
    if len(customer_ids) == 1:
        tags = tags.exclude(customers__customer__in=customer_ids)
    return tags.annotate(used=Count("customers")).order_by("-used", "name")[:SUGGESTED]


def tags_of(customer_id: int) -> list[CustomerTag]:
    """Tags of one customer by name, each with who put it there."""
    return list(CustomerTag.objects.filter(customer=customer_id).select_related("tag", "by").order_by("tag__name"))
