"""What the API shows of exports, and what it takes."""

from typing import Any

from rest_framework import serializers

from alliance.kernel.http.serializers import JobShape, StrictSerializer
from settlements.models import (
    SCHEDULED_BATCHES,
    SCHEDULED_BOOKS,
    SCHEDULED_FORMATS,
    STATEMENT_FORMATS,
    ExportFormat,
)

SCHEDULED_CHOICES = [
    (choice.value, choice.label) for choice in (*SCHEDULED_FORMATS, *SCHEDULED_BOOKS, *SCHEDULED_BATCHES)
]


class ExportShape(JobShape):
    """One file being made. `links.file` is there once it is ready."""

    file_format = serializers.ChoiceField(choices=ExportFormat.choices)
    file_name = serializers.CharField()
    statement_id = serializers.UUIDField(allow_null=True)
    alliance_id = serializers.UUIDField(allow_null=True)
    sha256 = serializers.CharField()
    size_bytes = serializers.IntegerField()
    checked_with = serializers.CharField(help_text="The tool that found the file valid; empty for formats without one.")
    expires_at = serializers.DateTimeField()
    links = serializers.DictField(child=serializers.URLField(), required=False)


class ExportScheduleShape(serializers.Serializer[Any]):
    """What comes about from `since` on, as a file: statements, and of a host its books or its approved batches."""

    id = serializers.UUIDField()
    file_format = serializers.ChoiceField(choices=SCHEDULED_CHOICES)
    since = serializers.DateTimeField()
    created_by = serializers.CharField()


class ExportScheduleInput(StrictSerializer):
    """In which format."""

    file_format = serializers.ChoiceField(
        choices=SCHEDULED_CHOICES,
        help_text="Of a host alone: beancount and hledger (its books, with each close), pain.001 (people ask for it in the portal).",
    )


class StatementExportInput(StrictSerializer):
    """Which file of a statement."""

    file_format = serializers.ChoiceField(choices=[kind.value for kind in STATEMENT_FORMATS])


class LedgerExportInput(StrictSerializer):
    """Which file of a whole book; the host's alone."""

    alliance_id = serializers.UUIDField()
    file_format = serializers.ChoiceField(choices=["beancount", "hledger"])
