"""Cursor pagination over time-ordered ids."""

from rest_framework.pagination import CursorPagination


class TimeOrderedPagination(CursorPagination):
    """Newest first by UUIDv7; stable while rows are added. `?page_size=` up to 200."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200
