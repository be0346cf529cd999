"""Operations of the API on versions: proposing, answering, signing, declining, withdrawing, fetching their files."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.api import AnyFormat, OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.agreements.api.examples import ACCEPTANCE_EXAMPLES, DECLINE_EXAMPLES
from partners.agreements.api.finding import version_numbered
from partners.agreements.api.shapes import AcceptanceInput, DeclineInput, paper_of
from partners.agreements.api.signing import signature_of
from partners.agreements.services.counter_propose import counter_propose
from partners.agreements.services.decline_version import decline_version
from partners.api import agreement_body
from partners.api_shapes import AgreementDetailShape, VersionShape
from partners.models import Agreement, AgreementFile, SignedCopy, TermsVersion
from partners.selectors import organization_names
from partners.services.accept_agreement import accept_agreement
from partners.services.propose_agreement import ProposedAgreement
from partners.services.propose_version import propose_version
from partners.services.withdraw_proposal import withdraw_proposal
from partners.terms.api_examples import VERSION_EXAMPLES
from partners.terms.api_shapes import NextVersionInput, VersionTermsShape, proposal_of

PDF = (200, "application/pdf")


class VersionsView(OrganizationAPIView):
    """Versions of one agreement."""

    required_permissions = {"GET": Permission.AGREEMENT_READ, "POST": Permission.AGREEMENT_PROPOSE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_versions", tags=["agreements"], responses=VersionShape(many=True))
    def get(self, request: Request, agreement_id: UUID) -> Response:
        """Versions with their signatures, newest first: proposed, accepted, and those that came to nothing."""
        self.query(NoParameters)
        own(Agreement.objects.all(), agreement_id)
        rows = TermsVersion.objects.filter(agreement_id=agreement_id).select_related("answers")
        return self.page(rows.prefetch_related("acceptances"), VersionShape)

    @extend_schema(
        operation_id="propose_version",
        tags=["agreements"],
        request=NextVersionInput,
        responses={201: VersionTermsShape},
        examples=VERSION_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID) -> Response:
        """Propose the next version; every party then accepts it, the proposer too.

        The terms are the `shares` of every sale, or whole `terms` in the agreement's own currency, time zone and
        parties. With `answers` it is a counter-proposal: the proposal of that number is `replaced`, and what was signed
        under it is void. 422 `impossible_terms` and `impossible_end_rule` name each problem in `errors`.
        """
        proposed = self._propose(agreement_id, self.body(NextVersionInput))
        number = TermsVersion.objects.values_list("number", flat=True).get(pk=proposed.version_id)
        address = reverse("api:agreement_version", args=[agreement_id, number], request=request)
        return Response(
            version_body(agreement_id, number), status=status.HTTP_201_CREATED, headers={"Location": address}
        )

    def _propose(self, agreement_id: UUID, given: Mapping[str, Any]) -> ProposedAgreement:
        proposal, paper = proposal_of(given), paper_of(given)
        if given["answers"] is None:
            return propose_version(
                actor=self.actor, agreement_id=agreement_id, proposal=proposal, paper=paper, now=self.now
            )
        answered = version_numbered(agreement_id, given["answers"])
        return counter_propose(actor=self.actor, version_id=answered.id, proposal=proposal, paper=paper, now=self.now)


class VersionView(OrganizationAPIView):
    """One version of one agreement."""

    required_permissions = {"GET": Permission.AGREEMENT_READ}

    @extend_schema(operation_id="get_version", tags=["agreements"], responses=VersionTermsShape)
    def get(self, request: Request, agreement_id: UUID, number: int) -> Response:
        """One version: its terms as JSON and as sentences in each language, its text, how it ends, its signatures."""
        self.query(NoParameters)
        return Response(version_body(agreement_id, number))


class AcceptancesView(OrganizationAPIView):
    """Signatures under versions of one agreement."""

    is_for_people = True
    required_permissions = {"POST": Permission.AGREEMENT_ACCEPT}

    @extend_schema(
        operation_id="accept_agreement",
        tags=["agreements"],
        request=AcceptanceInput,
        responses={201: AgreementDetailShape},
        examples=ACCEPTANCE_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID) -> Response:
        """Accept one version for the caller's organization. The hash proves what was read; a stale one is refused.

        People sign, keys don't. Accepting again changes nothing.
        """
        given = self.body(AcceptanceInput)
        if not TermsVersion.objects.filter(pk=given["version_id"], agreement_id=agreement_id).exists():
            raise NotFoundError
        accept_agreement(
            actor=self.actor,
            version_id=given["version_id"],
            document_sha256=given["document_sha256"],
            signature=signature_of(request, given),
            now=self.now,
        )
        return Response(agreement_body(agreement_id), status=status.HTTP_201_CREATED)


class VersionDeclineView(OrganizationAPIView):
    """A no to one version."""

    required_permissions = {"POST": Permission.AGREEMENT_PROPOSE}

    @extend_schema(
        operation_id="decline_version",
        tags=["agreements"],
        request=DeclineInput,
        responses=VersionTermsShape,
        examples=DECLINE_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID, number: int) -> Response:
        """Decline what another party has proposed. Nobody can accept it any more. Declining again changes nothing."""
        given = self.body(DeclineInput)
        version = version_numbered(agreement_id, number)
        decline_version(actor=self.actor, version_id=version.id, reason=given["reason"], now=self.now)
        return Response(version_body(agreement_id, number))


class VersionWithdrawalView(OrganizationAPIView):
    """The proposer takes one version back."""

    required_permissions = {"POST": Permission.AGREEMENT_PROPOSE}

    @extend_schema(operation_id="withdraw_version", tags=["agreements"], request=None, responses=VersionTermsShape)
    def post(self, request: Request, agreement_id: UUID, number: int) -> Response:
        """Take one's own proposal back. Nobody can accept it any more. Withdrawing again changes nothing."""
        self.body(NoParameters)
        version = version_numbered(agreement_id, number)
        withdraw_proposal(actor=self.actor, version_id=version.id, now=self.now)
        return Response(version_body(agreement_id, number))


class SignedCopyView(OrganizationAPIView):
    """The PDF of one accepted version."""

    required_permissions = {"GET": Permission.AGREEMENT_READ}
    content_negotiation_class = AnyFormat

    @extend_schema(operation_id="download_signed_copy", tags=["agreements"], responses={PDF: OpenApiTypes.BINARY})
    def get(self, request: Request, agreement_id: UUID, number: int) -> FileResponse:
        """The signed version with its evidence, as PDF/A-3. `ETag` is its SHA-256. 404 until every party has signed."""
        self.query(NoParameters)
        return _file(SignedCopy.objects.filter(version=version_numbered(agreement_id, number)).first())


class AttachedFileView(OrganizationAPIView):
    """The file that is signed with one version."""

    required_permissions = {"GET": Permission.AGREEMENT_READ}
    content_negotiation_class = AnyFormat

    @extend_schema(operation_id="download_attached_file", tags=["agreements"], responses={PDF: OpenApiTypes.BINARY})
    def get(self, request: Request, agreement_id: UUID, number: int) -> FileResponse:
        """The file as it was attached. `ETag` is its SHA-256, which the signed document names."""
        self.query(NoParameters)
        return _file(version_numbered(agreement_id, number).attached)


def _file(row: SignedCopy | AgreementFile | None) -> FileResponse:
    if row is None:
        raise NotFoundError
    response = private_file_response(row)
    response["ETag"] = f'"{row.sha256}"'
    return response


def version_body(agreement_id: UUID, number: int) -> dict[str, object]:
    """One version as it is shown; raises `NotFoundError`."""
    version = version_numbered(agreement_id, number)
    names = organization_names(version.parsed().parties)
    return dict(VersionTermsShape(version, context={"names": names}).data)
