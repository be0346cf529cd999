"""Answers to statements in the operator console. Nothing here can be changed."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole
from settlements.models import LineDispute, StatementComment, StatementReview


@admin.register(StatementReview)
class StatementReviewConsole(ReadOnlyConsole):
    """Which statements are accepted."""

    list_display: ClassVar = ["id", "statement", "organization", "state", "is_by_silence", "closed_at", "accepted_at"]
    list_filter: ClassVar = ["state", "is_by_silence"]
    list_select_related: ClassVar = ["statement", "organization"]
    id_search_fields: ClassVar = ["statement_id"]


@admin.register(LineDispute)
class LineDisputeConsole(ReadOnlyConsole):
    """Disputed lines."""

    list_display: ClassVar = [
        "id",
        "statement",
        "line_number",
        "organization",
        "state",
        "share_minor",
        "set_aside_minor",
        "opened_at",
        "settled_at",
    ]
    list_filter: ClassVar = ["state"]
    list_select_related: ClassVar = ["statement", "organization"]
    id_search_fields: ClassVar = ["statement_id", "organization_id", "host_id", "agreement_id"]


@admin.register(StatementComment)
class StatementCommentConsole(ReadOnlyConsole):
    """What was written about statements."""

    list_display: ClassVar = ["id", "statement", "author_organization", "author", "written_at"]
    list_select_related: ClassVar = ["statement", "author_organization"]
    id_search_fields: ClassVar = ["statement_id"]
