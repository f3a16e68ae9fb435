"""Cursor pages: steady while rows are being added."""

import re

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor
from rest_framework.pagination import CursorPagination as BaseCursorPagination
from rest_framework.request import Request

ID = re.compile(r"\d{1,19}", re.ASCII)


class CursorPagination(BaseCursorPagination):
    """Newest first; `page_size` up to 1,000."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering = "-id"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The place that the cursor names. Raises NotFound for what no page of ours gave out."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not ID.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor
