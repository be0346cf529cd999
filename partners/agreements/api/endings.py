"""Operations of the API on how agreements end: notice, consent, cause; and on letting one go on."""

from collections.abc import Callable
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.agreements.api.examples import (
    DECLINE_EXAMPLES,
    ENDING_EXAMPLES,
    ENDING_SIGNATURE_EXAMPLES,
    NOTICE_EXAMPLES,
    TERMINATION_EXAMPLES,
)
from partners.agreements.api.finding import ending_of
from partners.agreements.api.shapes import (
    DeclineInput,
    EndingInput,
    EndingShape,
    EndingSignatureInput,
    NoticeInput,
    NoticeShape,
    TerminationInput,
)
from partners.agreements.api.signing import signature_of
from partners.agreements.notice import notice_outlook
from partners.agreements.services.accept_ending import accept_ending
from partners.agreements.services.decline_ending import decline_ending
from partners.agreements.services.end_for_cause import end_for_cause
from partners.agreements.services.give_notice import give_notice
from partners.agreements.services.propose_ending import propose_ending
from partners.agreements.services.revoke_ending import revoke_ending
from partners.agreements.services.withdraw_ending import withdraw_ending
from partners.domain.local_days import last_day
from partners.models import Agreement, Ending


class NoticeView(OrganizationAPIView):
    """Notice under one agreement."""

    required_permissions = {"GET": Permission.AGREEMENT_READ, "POST": Permission.AGREEMENT_ACCEPT}

    @extend_schema(operation_id="preview_notice", tags=["agreements"], responses=NoticeShape, examples=NOTICE_EXAMPLES)
    def get(self, request: Request, agreement_id: UUID) -> Response:
        """When a notice given now would end the agreement.

        409 `no_notice` where the terms know none, `ends_before` where it ends by then anyway, `nothing_to_end` before it
        is signed and after its end.
        """
        self.query(NoParameters)
        agreement = own(Agreement.objects.all(), agreement_id)
        outlook = notice_outlook(agreement, now=self.now)
        found = {
            "version": outlook.version,
            "ends_at": outlook.ends_at,
            "last_day": last_day(outlook.ends_at, agreement.time_zone),
        }
        return Response(NoticeShape(found).data)

    @extend_schema(
        operation_id="give_notice",
        tags=["agreements"],
        request=NoticeInput,
        responses={201: EndingShape},
        examples=NOTICE_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID) -> Response:
        """Give notice for the caller's organization. The agreement ends after the notice period; every party is told.

        People sign, keys don't. `ends_at` is the one that the preview showed; 409 `end_moved` when a notice given now would end it at another one.
        """
        given = self.body(NoticeInput)
        ending_id = give_notice(
            actor=self.actor,
            agreement_id=agreement_id,
            ends_at=given["ends_at"],
            signature=signature_of(request, given),
            reason=given["reason"],
            now=self.now,
        )
        return _created(request, agreement_id, ending_id)


class TerminationView(OrganizationAPIView):
    """The end of one agreement at once."""

    is_for_people = True
    required_permissions = {"POST": Permission.AGREEMENT_ACCEPT}

    @extend_schema(
        operation_id="end_agreement_for_cause",
        tags=["agreements"],
        request=TerminationInput,
        responses={201: EndingShape},
        examples=TERMINATION_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID) -> Response:
        """End the agreement at this instant, for a cause that every party reads. Nobody takes it back."""
        given = self.body(TerminationInput)
        ending_id = end_for_cause(
            actor=self.actor,
            agreement_id=agreement_id,
            reason=given["reason"],
            signature=signature_of(request, given),
            now=self.now,
        )
        return _created(request, agreement_id, ending_id)


class EndingsView(OrganizationAPIView):
    """Endings of one agreement, and proposals to end it."""

    required_permissions = {"GET": Permission.AGREEMENT_READ, "POST": Permission.AGREEMENT_ACCEPT}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_endings", tags=["agreements"], responses=EndingShape(many=True))
    def get(self, request: Request, agreement_id: UUID) -> Response:
        """Everything that ends the agreement or was to, newest first."""
        self.query(NoParameters)
        own(Agreement.objects.all(), agreement_id)
        rows = Ending.objects.filter(agreement_id=agreement_id).select_related("version")
        return self.page(rows.prefetch_related("signatures"), EndingShape)

    @extend_schema(
        operation_id="propose_ending",
        tags=["agreements"],
        request=EndingInput,
        responses={201: EndingShape},
        examples=ENDING_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID) -> Response:
        """Propose that the agreement ends with a day, and sign it. It ends then when every party has signed.

        People sign, keys don't.
        """
        given = self.body(EndingInput)
        ending_id = propose_ending(
            actor=self.actor,
            agreement_id=agreement_id,
            last_on=given["last_on"],
            signature=signature_of(request, given),
            reason=given["reason"],
            now=self.now,
        )
        return _created(request, agreement_id, ending_id)


class EndingView(OrganizationAPIView):
    """One ending."""

    required_permissions = {"GET": Permission.AGREEMENT_READ}

    @extend_schema(operation_id="get_ending", tags=["agreements"], responses=EndingShape)
    def get(self, request: Request, agreement_id: UUID, ending_id: UUID) -> Response:
        """One ending with its signatures."""
        self.query(NoParameters)
        return Response(_body(agreement_id, ending_id))


class EndingSignaturesView(OrganizationAPIView):
    """Signatures under one proposal to end."""

    is_for_people = True
    required_permissions = {"POST": Permission.AGREEMENT_ACCEPT}

    @extend_schema(
        operation_id="accept_ending",
        tags=["agreements"],
        request=EndingSignatureInput,
        responses={201: EndingShape},
        examples=ENDING_SIGNATURE_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID, ending_id: UUID) -> Response:
        """Sign a proposal to end the agreement; the last signature makes it stand. Signing again changes nothing."""
        return _signed(self, request, agreement_id, ending_id, accept_ending)


class EndingRevocationsView(OrganizationAPIView):
    """Consents that an agreement goes on."""

    is_for_people = True
    required_permissions = {"POST": Permission.AGREEMENT_ACCEPT}

    @extend_schema(
        operation_id="revoke_ending",
        tags=["agreements"],
        request=EndingSignatureInput,
        responses={201: EndingShape},
        examples=ENDING_SIGNATURE_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID, ending_id: UUID) -> Response:
        """Agree that a notice or a consent is withdrawn before it takes effect; the agreement goes on when all have."""
        return _signed(self, request, agreement_id, ending_id, revoke_ending)


class EndingDeclineView(OrganizationAPIView):
    """A no to one proposal to end."""

    required_permissions = {"POST": Permission.AGREEMENT_ACCEPT}

    @extend_schema(
        operation_id="decline_ending",
        tags=["agreements"],
        request=DeclineInput,
        responses=EndingShape,
        examples=DECLINE_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID, ending_id: UUID) -> Response:
        """Decline another party's proposal to end the agreement, which goes on. Declining again changes nothing."""
        given = self.body(DeclineInput)
        ending = ending_of(agreement_id, ending_id)
        decline_ending(actor=self.actor, ending_id=ending.id, reason=given["reason"], now=self.now)
        return Response(_body(agreement_id, ending_id))


class EndingWithdrawalView(OrganizationAPIView):
    """The proposer takes one proposal to end back."""

    required_permissions = {"POST": Permission.AGREEMENT_ACCEPT}

    @extend_schema(operation_id="withdraw_ending", tags=["agreements"], request=None, responses=EndingShape)
    def post(self, request: Request, agreement_id: UUID, ending_id: UUID) -> Response:
        """Take one's own proposal to end the agreement back. Withdrawing again changes nothing."""
        self.body(NoParameters)
        withdraw_ending(actor=self.actor, ending_id=ending_of(agreement_id, ending_id).id, now=self.now)
        return Response(_body(agreement_id, ending_id))


def _signed(
    view: OrganizationAPIView, request: Request, agreement_id: UUID, ending_id: UUID, act: Callable[..., bool]
) -> Response:
    given = view.body(EndingSignatureInput)
    ending = ending_of(agreement_id, ending_id)
    signature = signature_of(request, given)
    act(
        actor=view.actor,
        ending_id=ending.id,
        document_sha256=given["document_sha256"],
        signature=signature,
        now=view.now,
    )
    return Response(_body(agreement_id, ending_id), status=status.HTTP_201_CREATED)


def _created(request: Request, agreement_id: UUID, ending_id: UUID) -> Response:
    address = reverse("api:ending", args=[agreement_id, ending_id], request=request)
    return Response(_body(agreement_id, ending_id), status=status.HTTP_201_CREATED, headers={"Location": address})


def _body(agreement_id: UUID, ending_id: UUID) -> dict[str, object]:
    return dict(EndingShape(ending_of(agreement_id, ending_id)).data)
