"""Operations of the API on files made for download."""

from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.errors import DomainError
from alliance.kernel.http.api import AnyFormat, OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from settlements.exports.api_shapes import (
    ExportScheduleInput,
    ExportScheduleShape,
    ExportShape,
    LedgerExportInput,
    StatementExportInput,
)
from settlements.exports.audit_file import AuditQuestion
from settlements.exports.verifier import verifier_file
from settlements.exports.visible import exports_for, require_download
from settlements.models import Export, ExportFormat, ExportSchedule, Statement
from settlements.services.create_export import create_export
from settlements.services.schedule_exports import schedule_exports
from settlements.services.stop_schedule import stop_schedule


class ExportNotReadyError(DomainError):
    """The file is still being made, or its making failed."""

    code = "export_not_ready"
    sentence = _("The file is not ready. Read the export's state.")


class ExportExpiredError(DomainError):
    """The file was kept for its time and is gone."""

    code = "export_expired"
    status = 410
    sentence = _("This file is no longer kept. Ask for it again: the same content gives the same bytes.")


class ExportsView(OrganizationAPIView):
    """The organization's files."""

    required_permissions = {"GET": Permission.EXPORT_CREATE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_exports", tags=["exports"], responses=ExportShape(many=True))
    def get(self, request: Request) -> Response:
        """Exports of the organization, latest first."""
        self.query(NoParameters)
        return self.page(exports_for(self.actor), ExportShape)


class ExportSchedulesView(OrganizationAPIView):
    """Statements that become files by themselves."""

    required_permissions = {"GET": Permission.EXPORT_CREATE, "POST": Permission.EXPORT_CREATE}

    @extend_schema(operation_id="list_export_schedules", tags=["exports"], responses=ExportScheduleShape(many=True))
    def get(self, request: Request) -> Response:
        """Schedules that have not been stopped; at most one for each format."""
        self.query(NoParameters)
        rows = ExportSchedule.objects.filter(stopped_at__isnull=True).order_by("since", "id")
        return Response(ExportScheduleShape(rows, many=True).data)

    @extend_schema(
        operation_id="schedule_exports",
        tags=["exports"],
        request=ExportScheduleInput,
        responses={201: ExportScheduleShape},
    )
    def post(self, request: Request) -> Response:
        """Have every statement that closes from now on made as a file within the hour; webhooks hear `export.ready`."""
        file_format = ExportFormat(self.body(ExportScheduleInput)["file_format"])
        schedule_id = schedule_exports(actor=self.actor, file_format=file_format, now=self.now)
        row = ExportSchedule.objects.get(pk=schedule_id)
        return Response(ExportScheduleShape(row).data, status=status.HTTP_201_CREATED)


class ExportScheduleView(OrganizationAPIView):
    """One schedule."""

    required_permissions = {"DELETE": Permission.EXPORT_CREATE}

    @extend_schema(operation_id="stop_export_schedule", tags=["exports"], request=None, responses={204: None})
    def delete(self, request: Request, schedule_id: UUID) -> Response:
        """Stop it. What was made stays as long as files are kept. Stopping again changes nothing."""
        stop_schedule(actor=self.actor, schedule_id=schedule_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class StatementExportsView(OrganizationAPIView):
    """Files of one statement."""

    required_permissions = {"POST": Permission.EXPORT_CREATE}

    @extend_schema(
        operation_id="export_statement",
        tags=["exports"],
        request=StatementExportInput,
        responses={202: ExportShape},
    )
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Have a file of one statement made: CSV, XLSX, JSON, PDF or evidence. The same statement always gives the same bytes.

        409 `not_sealed_yet` where evidence is asked for in the minute after the close, `not_provable` for old statements.
        """
        given = self.body(StatementExportInput)
        own(Statement.objects.all(), statement_id)
        return accepted_export(self, request, given["file_format"], statement_id=statement_id)


class VerifierView(OrganizationAPIView):
    """The program that recomputes a statement from its evidence."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="download_verifier", tags=["exports"], responses={(200, "text/x-python"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request) -> HttpResponse:
        """`alliance_verify.py`: one file of plain Python without dependencies. It reads evidence and says whether it holds."""
        self.query(NoParameters)
        return verifier_file()


class LedgerExportsView(OrganizationAPIView):
    """Files of a whole book."""

    required_permissions = {"POST": Permission.EXPORT_CREATE}

    @extend_schema(
        operation_id="export_ledger", tags=["exports"], request=LedgerExportInput, responses={202: ExportShape}
    )
    def post(self, request: Request) -> Response:
        """Have the book of an alliance written for Beancount or hledger; its host's alone."""
        given = self.body(LedgerExportInput)
        return accepted_export(self, request, given["file_format"], alliance_id=given["alliance_id"])


class ExportView(OrganizationAPIView):
    """One file."""

    required_permissions = {"GET": Permission.EXPORT_CREATE}

    @extend_schema(operation_id="get_export", tags=["exports"], responses=ExportShape)
    def get(self, request: Request, export_id: UUID) -> Response:
        """How far the file is; once it is ready, its hash and its address."""
        self.query(NoParameters)
        return Response(_body(own(exports_for(self.actor), export_id), request))


class ExportFileView(OrganizationAPIView):
    """The content of one file."""

    required_permissions = {"GET": Permission.EXPORT_CREATE}
    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="download_export",
        tags=["exports"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, export_id: UUID) -> FileResponse:
        """The file. `ETag` is its SHA-256. 409 `export_not_ready` before, 410 `export_expired` after its time."""
        self.query(NoParameters)
        export = own(exports_for(self.actor), export_id)
        require_download(self.actor, export)
        if not export.sha256:
            raise ExportNotReadyError
        if not export.is_ready or export.expires_at <= self.now or not default_storage.exists(export.stored_as):
            raise ExportExpiredError
        response = FileResponse(default_storage.open(export.stored_as), as_attachment=True, filename=export.file_name)
        response["ETag"] = f'"{export.sha256}"'
        return response


def accepted_export(
    view: OrganizationAPIView,
    request: Request,
    file_format: str,
    *,
    statement_id: UUID | None = None,
    alliance_id: UUID | None = None,
    audit: AuditQuestion | None = None,
) -> Response:
    """Ask for the file and answer 202 with its state and address."""
    export_id = create_export(
        actor=view.actor,
        file_format=ExportFormat(file_format),
        now=view.now,
        statement_id=statement_id,
        alliance_id=alliance_id,
        audit=audit,
    )
    body = _body(own(Export.objects.all(), export_id), request)
    return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": body["links"]["self"]})


def _body(export: Export, request: Request) -> dict[str, Any]:
    links = {"self": reverse("api:export", args=[export.pk], request=request)}
    if export.is_ready:
        links["file"] = reverse("api:export_file", args=[export.pk], request=request)
    return {**ExportShape(export).data, "links": links}
