"""Operations of the API on the caller's organization and on agreements."""

from dataclasses import replace
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.agreements.api.shapes import paper_of
from partners.api_shapes import (
    AgreementDetailShape,
    AgreementFilters,
    AgreementShape,
    InstantFilter,
    OrganizationInput,
    OrganizationShape,
)
from partners.models import Agreement, AgreementParty, Organization, TermsVersion
from partners.selectors import organization_names, terms_in_force
from partners.services.change_organization import OrganizationSettings, change_organization
from partners.services.propose_agreement import propose_agreement
from partners.terms.api_examples import AGREEMENT_EXAMPLES
from partners.terms.api_shapes import AgreementInput, TermsShape, frame_of, proposal_of

ORGANIZATION_EXAMPLES = [
    OpenApiExample("Moved", value={"country": "DE", "time_zone": "Europe/Berlin"}, request_only=True)
]


class NoTermsInForceError(NotFoundError):
    """The agreement exists, but no accepted version covers the instant."""

    code = "no_terms_in_force"
    sentence = _("No accepted version of the terms is in force at this time.")


class OrganizationView(OrganizationAPIView):
    """The organization the caller acts for."""

    required_permissions = {"GET": Permission.HOME_READ, "PATCH": Permission.ORGANIZATION_MANAGE}

    @extend_schema(operation_id="get_organization", tags=["organization"], responses=OrganizationShape)
    def get(self, request: Request) -> Response:
        """The caller's own organization, and what the caller may do in it."""
        self.query(NoParameters)
        return Response(self._body())

    @extend_schema(
        operation_id="change_organization",
        tags=["organization"],
        request=OrganizationInput,
        responses=OrganizationShape,
        examples=ORGANIZATION_EXAMPLES,
    )
    def patch(self, request: Request) -> Response:
        """Change what the organization says of itself; what is left out stays. Agreements keep their own time zone."""
        given = self.body(OrganizationInput)
        present = Organization.objects.get(pk=self.actor.organization_id)
        said = OrganizationSettings(present.name, present.time_zone, present.country, present.industry)
        change_organization(actor=self.actor, wanted=replace(said, **given), now=self.now)
        return Response(self._body())

    def _body(self) -> dict[str, object]:
        organization = Organization.objects.get(pk=self.actor.organization_id)
        organization.permissions = sorted(self.actor.permissions)  # type: ignore[attr-defined]
        return dict(OrganizationShape(organization).data)


class AgreementsView(OrganizationAPIView):
    """Agreements the organization is a party of, and proposals of new ones."""

    required_permissions = {"GET": Permission.AGREEMENT_READ, "POST": Permission.AGREEMENT_PROPOSE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_agreements",
        tags=["agreements"],
        parameters=[AgreementFilters],
        responses=AgreementShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Agreements, newest first."""
        filters = self.query(AgreementFilters)
        return self.page(_with_parties().filter(**filters), AgreementShape)

    @extend_schema(
        operation_id="propose_agreement",
        tags=["agreements"],
        request=AgreementInput,
        responses={201: AgreementDetailShape},
        examples=AGREEMENT_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Propose an agreement with its first version of terms; every party then accepts it, the proposer too.

        The terms are the `shares` of every sale, or whole `terms`. 422 `impossible_terms` names each problem in `errors`.
        """
        given = self.body(AgreementInput)
        proposed = propose_agreement(
            actor=self.actor,
            alliance_id=given["alliance_id"],
            frame=frame_of(given),
            proposal=proposal_of(given),
            paper=paper_of(given),
            now=self.now,
        )
        address = reverse("api:agreement", args=[proposed.agreement_id], request=request)
        return Response(
            agreement_body(proposed.agreement_id), status=status.HTTP_201_CREATED, headers={"Location": address}
        )


class AgreementView(OrganizationAPIView):
    """One agreement."""

    required_permissions = {"GET": Permission.AGREEMENT_READ}

    @extend_schema(operation_id="get_agreement", tags=["agreements"], responses=AgreementDetailShape)
    def get(self, request: Request, agreement_id: UUID) -> Response:
        """One agreement with its parties, versions and signatures."""
        self.query(NoParameters)
        return Response(agreement_body(agreement_id))


class AgreementTermsView(OrganizationAPIView):
    """The executable terms of one agreement."""

    required_permissions = {"GET": Permission.AGREEMENT_READ}

    @extend_schema(
        operation_id="get_agreement_terms", tags=["agreements"], parameters=[InstantFilter], responses=TermsShape
    )
    def get(self, request: Request, agreement_id: UUID) -> Response:
        """The terms in force at `at`; 404 `no_terms_in_force` when no accepted version covers it."""
        at = self.query(InstantFilter).get("at", self.now)
        own(Agreement.objects.all(), agreement_id)
        terms = terms_in_force(agreement_id=agreement_id, at=at)
        if terms is None:
            raise NoTermsInForceError
        names = organization_names(terms.party_ids)
        return Response(TermsShape(terms, context={"names": names}).data)


def _with_parties() -> QuerySet[Agreement]:
    seats = AgreementParty.objects.select_related("organization").order_by("rank")
    return Agreement.objects.prefetch_related(Prefetch("seats", queryset=seats))


def agreement_body(agreement_id: UUID) -> dict[str, object]:
    """The answer that shows one agreement; raises `NotFoundError`."""
    versions = TermsVersion.objects.order_by("number").select_related("answers").prefetch_related("acceptances")
    rows = _with_parties().prefetch_related(Prefetch("versions", queryset=versions))
    return dict(AgreementDetailShape(own(rows, agreement_id)).data)
