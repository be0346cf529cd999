"""Cursor pagination over time-ordered ids."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request


class TimeOrderedPagination(CursorPagination):
    """Newest first by UUIDv7; stable while rows are added. `?page_size=` from 1 to 200."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of the request; a foreign or broken one is invalid input, never a crash."""
        try:
            cursor = super().decode_cursor(request)
            if cursor is not None and cursor.position is not None:
                UUID(str(cursor.position))
        except Exception as error:
            raise ValidationError(
                {"cursor": [_("This cursor did not come from this list.")]}, code="invalid_cursor"
            ) from error
        return cursor

    def get_page_size(self, request: Request) -> int | None:
        """The wanted size; out of range is refused rather than silently bent."""
        wanted = request.query_params.get("page_size")
        if wanted is None:
            return self.page_size
        if not wanted.isdecimal() or not 1 <= int(wanted[:6]) <= self.max_page_size:
            raise ValidationError({"page_size": [_("Choose a size from 1 to 200.")]}, code="invalid_page_size")
        return int(wanted)
