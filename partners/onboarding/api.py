"""Operations of the API on applications: the host lists, reads and decides; an applicant reads its own."""

from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.models import ApplicationDocument, PartnerApplication, ReviewTick
from partners.onboarding.api_examples import DECISION_EXAMPLES, LIST_EXAMPLES, OWN_EXAMPLES, REVIEW_EXAMPLES
from partners.onboarding.api_shapes import (
    ApplicationDetailShape,
    ApplicationFilters,
    ApplicationShape,
    DecisionInput,
    OwnApplicationFilter,
    ReviewShape,
)
from partners.onboarding.domain.steps import Step
from partners.onboarding.selectors import similar_companies
from partners.onboarding.services.approve_application import approve_application
from partners.onboarding.services.reject_application import reject_application
from partners.onboarding.services.request_changes import request_changes
from partners.onboarding.services.take_up_application import take_up_application


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


class OwnApplicationView(OrganizationAPIView):
    """The caller's own application."""

    required_permissions = {"GET": Permission.APPLICATION_SUBMIT}

    @extend_schema(
        operation_id="get_own_application",
        tags=["applications"],
        parameters=[OwnApplicationFilter],
        responses=ApplicationDetailShape,
        examples=OWN_EXAMPLES,
    )
    def get(self, request: Request) -> Response:
        """The newest application of the caller's organization, or to one alliance; 404 when there is none."""
        filters = self.query(OwnApplicationFilter)
        rows = _with_documents().filter(organization_id=self.actor.organization_id, **filters)
        newest = rows.order_by("-id").first()
        if newest is None:
            raise NotFoundError
        return Response(ApplicationDetailShape(_shown(newest)).data)


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


def _with_documents() -> QuerySet[PartnerApplication]:
    documents = ApplicationDocument.objects.order_by("id")
    return PartnerApplication.objects.prefetch_related(Prefetch("documents", queryset=documents))


def _received(view: OrganizationAPIView) -> QuerySet[PartnerApplication]:
    return _with_documents().filter(host_id=view.actor.organization_id, submitted_at__isnull=False)


def _shown(application: PartnerApplication) -> PartnerApplication:
    """With every answer named, also those that are not given yet."""
    application.company = application.parsed_company().to_json()
    application.audience = application.parsed_audience().to_json()
    application.contacts = application.parsed_contacts().to_json()
    application.bank_details = application.bank_details or None  # shown as null
    return application


def _review_body(view: OrganizationAPIView, application_id: UUID) -> dict[str, object]:
    ticks = ReviewTick.objects.order_by("ticked_at", "id")
    application = own(_received(view).prefetch_related(Prefetch("ticks", queryset=ticks)), application_id)
    application.similar_companies = similar_companies(application_id)  # type: ignore[attr-defined]  # for the shape alone
    return dict(ReviewShape(_shown(application)).data)
