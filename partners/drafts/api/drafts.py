"""Operations of the API on drafts: begin, read, write on, propose, throw away. Nobody else sees a draft."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.agreements.api.finding import version_numbered
from partners.agreements.api.shapes import paper_of
from partners.agreements.api.versions import version_body
from partners.drafts.api.examples import (
    CHANGE_EXAMPLES,
    DETAIL_EXAMPLES,
    LIST_EXAMPLES,
    PROPOSAL_EXAMPLES,
    START_EXAMPLES,
)
from partners.drafts.api.shapes import (
    DraftChangeInput,
    DraftDetailShape,
    DraftProposalInput,
    DraftShape,
    DraftStartInput,
)
from partners.drafts.keeping import terms_to_keep
from partners.drafts.models import AgreementDraft
from partners.drafts.pages.draft_page import DraftPage, draft_page
from partners.drafts.services.change_draft import DraftChange, change_draft
from partners.drafts.services.discard_draft import discard_draft
from partners.drafts.services.propose_draft import DraftProposal, propose_draft
from partners.drafts.services.start_draft import DraftStart, start_draft
from partners.models import Agreement, TermsVersion
from partners.terms.api_shapes import VersionTermsShape
from partners.terms.comparing import last_agreed


class DraftsView(OrganizationAPIView):
    """Drafts of the caller's organization."""

    required_permissions = {"GET": Permission.AGREEMENT_PROPOSE, "POST": Permission.AGREEMENT_PROPOSE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_drafts", tags=["drafts"], responses=DraftShape(many=True), examples=LIST_EXAMPLES)
    def get(self, request: Request) -> Response:
        """Drafts, newest first."""
        self.query(NoParameters)
        return self.page(AgreementDraft.objects.select_related("answers"), DraftShape)

    @extend_schema(
        operation_id="start_draft",
        tags=["drafts"],
        request=DraftStartInput,
        responses={201: DraftDetailShape},
        examples=START_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Begin a draft: a new agreement of an alliance, the next version of one, or an answer to an open proposal.

        The terms may be unfinished or impossible; 422 `not_held_by_forms` only where they have nothing of terms.
        """
        start = _start(self.body(DraftStartInput))
        draft_id = start_draft(actor=self.actor, start=start, now=self.now)
        address = reverse("api:draft", args=[draft_id], request=request)
        return Response(_body(draft_id), status=status.HTTP_201_CREATED, headers={"Location": address})


class DraftView(OrganizationAPIView):
    """One draft."""

    required_permissions = dict.fromkeys(("GET", "PATCH", "DELETE"), Permission.AGREEMENT_PROPOSE)

    @extend_schema(operation_id="get_draft", tags=["drafts"], responses=DraftDetailShape, examples=DETAIL_EXAMPLES)
    def get(self, request: Request, draft_id: UUID) -> Response:
        """One draft: what it says, what is wrong with it, and what is right already in words."""
        self.query(NoParameters)
        return Response(_body(draft_id))

    @extend_schema(
        operation_id="change_draft",
        tags=["drafts"],
        request=DraftChangeInput,
        responses=DraftDetailShape,
        examples=CHANGE_EXAMPLES,
    )
    def patch(self, request: Request, draft_id: UUID) -> Response:
        """Write on. 409 `draft_changed` when somebody else has done so since `revision`; then read it again."""
        given = self.body(DraftChangeInput)
        page = draft_page(draft_id)
        change = DraftChange(
            terms=terms_to_keep(given["terms"], page.everybody) if "terms" in given else None,
            name=given.get("name"),
            paper=paper_of(given["paper"]) if "paper" in given else None,
        )
        change_draft(actor=self.actor, draft_id=draft_id, revision=given["revision"], change=change, now=self.now)
        return Response(_body(draft_id))

    @extend_schema(operation_id="discard_draft", tags=["drafts"], request=None, responses={204: None})
    def delete(self, request: Request, draft_id: UUID) -> Response:
        """Throw a draft away, for good."""
        own(AgreementDraft.objects.all(), draft_id)
        discard_draft(actor=self.actor, draft_id=draft_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DraftProposalView(OrganizationAPIView):
    """Proposing one draft."""

    required_permissions = {"POST": Permission.AGREEMENT_PROPOSE}

    @extend_schema(
        operation_id="propose_draft",
        tags=["drafts"],
        request=DraftProposalInput,
        responses={201: VersionTermsShape},
        examples=PROPOSAL_EXAMPLES,
    )
    def post(self, request: Request, draft_id: UUID) -> Response:
        """Propose what the draft says and delete it; every party then accepts it, the proposer too.

        422 `impossible_terms` and `impossible_end_rule` name each problem in `errors`, and leave the draft as it is.
        """
        wanted = DraftProposal(**self.body(DraftProposalInput))
        proposed = propose_draft(actor=self.actor, draft_id=draft_id, wanted=wanted, now=self.now)
        number = TermsVersion.objects.values_list("number", flat=True).get(pk=proposed.version_id)
        address = reverse("api:agreement_version", args=[proposed.agreement_id, number], request=request)
        body = version_body(proposed.agreement_id, number)
        return Response(body, status=status.HTTP_201_CREATED, headers={"Location": address})


def _start(given: Mapping[str, Any]) -> DraftStart:
    if "agreement_id" in given:
        return _next_version(given)
    blank = DraftPage(AgreementDraft(alliance_id=given["alliance_id"]))
    return DraftStart(
        alliance_id=given["alliance_id"],
        name=given["name"],
        terms=terms_to_keep(given["terms"], blank.everybody),
        paper=paper_of(given["paper"]) if "paper" in given else None,
    )


def _next_version(given: Mapping[str, Any]) -> DraftStart:
    """From what is said, and for the rest from the proposal that is answered or what was last agreed."""
    agreement = own(Agreement.objects.all(), given["agreement_id"])
    answered = version_numbered(agreement.pk, given["answers"]) if given["answers"] else None
    base = answered or last_agreed(agreement.pk)
    if base is None:
        raise NotFoundError
    blank = DraftPage(AgreementDraft(alliance_id=agreement.alliance_id, agreement_id=agreement.pk))
    return DraftStart(
        alliance_id=agreement.alliance_id,
        name=agreement.name,
        terms=terms_to_keep(given.get("terms", base.parsed().to_json()), blank.everybody),
        agreement_id=agreement.pk,
        answers_id=answered.pk if answered else None,
        paper=paper_of(given["paper"]) if "paper" in given else base.paper,
    )


def _body(draft_id: UUID) -> dict[str, object]:
    page = draft_page(draft_id)
    return dict(DraftDetailShape(page.draft, context={"page": page}).data)
