"""Values as programs write them."""

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from acquisition.rules import month_of


class CodeField(serializers.SlugField):
    """A channel's code, in any case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=50, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


@extend_schema_field({"type": "string", "pattern": r"^20[0-9]{2}-(0[1-9]|1[0-2])(-01)?$"})
class MonthField(serializers.Field):
    """A month: 2026-11, or its first day."""

    default_error_messages = {"invalid": _("Write the month as 2026-11.")}

    def to_internal_value(self, data: Any) -> date:
        try:
            return month_of(data)
        except (ValueError, AttributeError, TypeError):
            self.fail("invalid")

    def to_representation(self, value: date) -> str:
        return value.strftime("%Y-%m")
