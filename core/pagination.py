"""Cursor pages: steady while rows are being added."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor
from rest_framework.pagination import CursorPagination as BaseCursorPagination
from rest_framework.request import Request

SIZE = re.compile(r"\d{1,4}", re.ASCII)
ID = re.compile(r"\d{1,19}", re.ASCII)


class CursorPagination(BaseCursorPagination):
    """Newest first; `page_size` up to 1,000."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering = "-id"

    def get_page_size(self, request: Request) -> int:
        """What is asked for, or 100. Raises ValidationError for what is no size."""
        told = request.query_params.get(self.page_size_query_param)
        if told is None:
            return self.page_size
        if not SIZE.fullmatch(told) or not 0 < int(told) <= self.max_page_size:
            text = _("A page has from 1 to %(most)s rows.") % {"most": self.max_page_size}
            raise ValidationError({self.page_size_query_param: [text]})
        return int(told)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """With the bounds that OpenAPI would not know of."""
        told = super().get_schema_operation_parameters(view)
        for parameter in told:
            if parameter["name"] == self.page_size_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_page_size}
        return told

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place that the cursor names. Raises NotFound for what no page of ours gave out."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not ID.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor
