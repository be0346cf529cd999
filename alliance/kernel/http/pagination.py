"""Cursor pagination over time-ordered ids."""

from abc import ABC, abstractmethod
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

LONGEST_NUMBER: Final = 10  # digits of a 32-bit integer, and no more


class _CheckedPagination(CursorPagination, ABC):
    """Cursor pages whose size and cursor are checked; `?page_size=` from 1 to 200."""

    page_size_query_param = "page_size"
    max_page_size = 200

    @abstractmethod
    def is_position(self, text: str) -> bool:
        """Whether a cursor of this list could hold this position."""

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of the request; a foreign or broken one is invalid input, never a crash."""
        try:
            cursor = super().decode_cursor(request)
        except NotFound as error:
            raise _foreign_cursor() from error
        if cursor is not None and cursor.position is not None and not self.is_position(str(cursor.position)):
            raise _foreign_cursor()
        return cursor

    def get_page_size(self, request: Request) -> int | None:
        """The wanted size; out of range is refused rather than silently bent."""
        wanted = request.query_params.get("page_size")
        if wanted is None:
            return self.page_size
        if not wanted.isdecimal() or not 1 <= int(wanted[:6]) <= self.max_page_size:
            raise ValidationError({"page_size": [_("Choose a size from 1 to 200.")]}, code="invalid_page_size")
        return int(wanted)


class TimeOrderedPagination(_CheckedPagination):
    """Newest first by UUIDv7; stable while rows are added."""

    ordering = "-id"

    def is_position(self, text: str) -> bool:
        """Positions are ids."""
        try:
            UUID(text)
        except ValueError:
            return False
        return True


class LinePagination(_CheckedPagination):
    """Lines in the order of their numbers."""

    ordering = "line_number"

    def is_position(self, text: str) -> bool:
        """Positions are line numbers."""
        return text.isdecimal() and len(text) < LONGEST_NUMBER


def _foreign_cursor() -> ValidationError:
    return ValidationError({"cursor": [_("This cursor did not come from this list.")]}, code="invalid_cursor")
