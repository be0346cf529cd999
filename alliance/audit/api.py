"""The audit trail through the API."""

from django.conf import settings
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.audit.api_shapes import AuditEventShape, AuditExportInput, AuditFilters
from alliance.kernel.audit_query import AuditQuery
from alliance.kernel.http.api import OrganizationAPIView
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.permissions import Permission
from settlements.exports.api import accepted_export
from settlements.exports.api_shapes import ExportShape
from settlements.exports.audit_file import AuditQuestion


class AuditEventsView(OrganizationAPIView):
    """Who did what."""

    required_permissions = {"GET": Permission.AUDIT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_audit_events",
        tags=["audit"],
        parameters=[AuditFilters],
        responses=AuditEventShape(many=True),
        examples=[
            OpenApiExample(
                "An answer",
                response_only=True,
                value={
                    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1f01",
                    "at": "2026-03-01T13:15:00Z",
                    "actor_kind": "member",
                    "actor_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1f02",
                    "actor_label": "owner@shop.example",
                    "action": "webhook.created",
                    "sentence": "Added a webhook endpoint",
                    "target_type": "partners.webhookendpoint",
                    "target_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1d01",
                    "target_label": "https://shop.example/hooks",
                    "before": None,
                    "after": {"url": "https://shop.example/hooks", "types": ["statement.closed"]},
                    "ip_prefix": "192.0.2.0/24",
                    "request_id": "0d4e0d2e-6f0f-4b3c-9a65-8f5b3a1f7a10",
                },
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """The organization's audit trail, newest first. Nothing in it was ever changed."""
        return self.page(AuditQuery(**self.query(AuditFilters)).events(), AuditEventShape)


class AuditExportsView(OrganizationAPIView):
    """Files of the trail."""

    required_permissions = {"POST": Permission.AUDIT_READ}

    @extend_schema(
        operation_id="export_audit_events",
        tags=["audit"],
        request=AuditExportInput,
        responses={202: ExportShape},
        examples=[
            OpenApiExample(
                "A month of agreements",
                request_only=True,
                value={
                    "file_format": "jsonl",
                    "action": "agreement",
                    "since": "2026-03-01T00:00:00+08:00",
                    "until": "2026-04-01T00:00:00+08:00",
                },
            ),
            OpenApiExample(
                "A file that is being made",
                response_only=True,
                status_codes=["202"],
                value={
                    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1f03",
                    "state": "queued",
                    "done": 0,
                    "total": 0,
                    "queued_at": "2026-04-01T09:30:00Z",
                    "started_at": None,
                    "finished_at": None,
                    "error_code": "",
                    "file_format": "jsonl",
                    "file_name": "",
                    "statement_id": None,
                    "alliance_id": None,
                    "sha256": "",
                    "size_bytes": 0,
                    "expires_at": "2026-05-01T09:30:00Z",
                },
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Have the events written into a file, oldest first, with headers in the language asked for; a job. Needs `export:create` too."""
        given = self.body(AuditExportInput)
        file_format = given.pop("file_format")
        question = AuditQuestion(AuditQuery(**given), get_language() or settings.LANGUAGE_CODE)
        return accepted_export(self, request, file_format, audit=question)
