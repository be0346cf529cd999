"""Operations of the API on applications for the host: it lists, reads, looks at documents, ticks, notes and decides."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.files import private_file_response
from alliance.kernel.http.api import AnyFormat, OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.models import ApplicationDocument, PartnerApplication, ReviewNote, ReviewTick
from partners.onboarding.api.examples import (
    DECISION_EXAMPLES,
    LIST_EXAMPLES,
    NOTE_EXAMPLES,
    REVIEW_EXAMPLES,
    TICK_EXAMPLES,
)
from partners.onboarding.api.rows import shown, with_documents
from partners.onboarding.api.shapes import (
    ApplicationFilters,
    ApplicationShape,
    DecisionInput,
    NoteInput,
    NoteShape,
    ReviewShape,
    TickInput,
)
from partners.onboarding.domain.steps import Step
from partners.onboarding.selectors import similar_companies
from partners.onboarding.services.approve_application import approve_application
from partners.onboarding.services.reject_application import reject_application
from partners.onboarding.services.request_changes import request_changes
from partners.onboarding.services.take_up_application import take_up_application
from partners.onboarding.services.tick_item import tick_item
from partners.onboarding.services.write_note import write_note


class ApplicationsView(OrganizationAPIView):
    """Applications to the alliances that the caller hosts."""

    required_permissions = {"GET": Permission.APPLICATION_REVIEW}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_applications",
        tags=["applications"],
        parameters=[ApplicationFilters],
        responses=ApplicationShape(many=True),
        examples=LIST_EXAMPLES,
    )
    def get(self, request: Request) -> Response:
        """Applications that have been submitted, newest first. Drafts are their companies' own."""
        return self.page(_received(self).filter(**self.query(ApplicationFilters)), ApplicationShape)


class ApplicationView(OrganizationAPIView):
    """One application to an alliance of the caller's."""

    required_permissions = {"GET": Permission.APPLICATION_REVIEW}

    @extend_schema(
        operation_id="get_application", tags=["applications"], responses=ReviewShape, examples=REVIEW_EXAMPLES
    )
    def get(self, request: Request, application_id: UUID) -> Response:
        """One application with its answers, its documents, and what helps to decide."""
        self.query(NoParameters)
        return Response(_review_body(self, application_id))


class ApplicationDecisionsView(OrganizationAPIView):
    """Decisions on one application."""

    required_permissions = {"POST": Permission.APPLICATION_REVIEW}

    @extend_schema(
        operation_id="decide_application",
        tags=["applications"],
        request=DecisionInput,
        responses=ReviewShape,
        examples=DECISION_EXAMPLES,
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Begin the review, ask for changes, approve or reject. The applicant gets a mail.

        The same decision again changes nothing, but a second rejection is refused (409 `application_decided`), as is
        any decision after the last one.
        """
        given = self.body(DecisionInput)
        own(_received(self), application_id)
        _decide(self, application_id, given)
        return Response(_review_body(self, application_id))


class ApplicationTicksView(OrganizationAPIView):
    """The checklist of one application."""

    required_permissions = {"POST": Permission.APPLICATION_REVIEW}

    @extend_schema(
        operation_id="tick_application",
        tags=["applications"],
        request=TickInput,
        responses=ReviewShape,
        examples=TICK_EXAMPLES,
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Keep that the caller has found an item right, or take it back. Repeating it changes nothing."""
        given = self.body(TickInput)
        own(_received(self), application_id)
        tick_item(actor=self.actor, application_id=application_id, now=self.now, **given)
        return Response(_review_body(self, application_id))


class ApplicationNotesView(OrganizationAPIView):
    """Notes on one application, which the host alone reads."""

    required_permissions = {"GET": Permission.APPLICATION_REVIEW, "POST": Permission.APPLICATION_REVIEW}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_application_notes",
        tags=["applications"],
        responses=NoteShape(many=True),
        examples=NOTE_EXAMPLES,
    )
    def get(self, request: Request, application_id: UUID) -> Response:
        """Notes, newest first. The applicant never sees them."""
        self.query(NoParameters)
        own(_received(self), application_id)
        return self.page(ReviewNote.objects.filter(application_id=application_id), NoteShape)

    @extend_schema(
        operation_id="write_application_note",
        tags=["applications"],
        request=NoteInput,
        responses={201: NoteShape},
        examples=NOTE_EXAMPLES,
    )
    def post(self, request: Request, application_id: UUID) -> Response:
        """Write a note. It stays as it is."""
        given = self.body(NoteInput)
        own(_received(self), application_id)
        note_id = write_note(actor=self.actor, application_id=application_id, text=given["text"], now=self.now)
        return Response(NoteShape(ReviewNote.objects.get(pk=note_id)).data, status=status.HTTP_201_CREATED)


class ApplicationDocumentView(OrganizationAPIView):
    """One document that was submitted with an application."""

    required_permissions = {"GET": Permission.APPLICATION_REVIEW}
    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="download_application_document",
        tags=["applications"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, application_id: UUID, document_id: UUID) -> FileResponse:
        """The file as the applicant uploaded it."""
        self.query(NoParameters)
        own(_received(self), application_id)
        return private_file_response(
            own(ApplicationDocument.objects.filter(application_id=application_id), document_id)
        )


def _decide(view: OrganizationAPIView, application_id: UUID, given: dict[str, Any]) -> None:
    actor, now = view.actor, view.now
    if given["decision"] == "take_up":
        take_up_application(actor=actor, application_id=application_id, now=now)
    elif given["decision"] == "request_changes":
        remarks = {Step(step): text for step, text in given.get("remarks", {}).items()}
        request_changes(actor=actor, application_id=application_id, remarks=remarks, now=now)
    elif given["decision"] == "approve":
        code = given.get("partner_code", "")
        approve_application(actor=actor, application_id=application_id, partner_code=code, now=now)
    else:
        reject_application(
            actor=actor,
            application_id=application_id,
            reason=given.get("reason", ""),
            reapply_on=given.get("reapply_on"),
            now=now,
        )


def _received(view: OrganizationAPIView) -> QuerySet[PartnerApplication]:
    return with_documents().filter(host_id=view.actor.organization_id, submitted_at__isnull=False)


def _review_body(view: OrganizationAPIView, application_id: UUID) -> dict[str, object]:
    ticks = ReviewTick.objects.order_by("ticked_at", "id")
    application = own(_received(view).prefetch_related(Prefetch("ticks", queryset=ticks)), application_id)
    application.similar_companies = similar_companies(application_id)  # type: ignore[attr-defined]  # for the shape alone
    return dict(ReviewShape(shown(application)).data)
