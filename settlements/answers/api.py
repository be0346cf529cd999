"""Operations of the API on answers to statements."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import InstantField, NoParameters, StrictSerializer
from alliance.kernel.permissions import Permission
from settlements.answers.services.accept_statement import accept_statement
from settlements.answers.services.comment_statement import comment_statement
from settlements.answers.services.dispute_line import dispute_line
from settlements.answers.services.let_line_stand import let_line_stand
from settlements.answers.services.propose_correction import propose_correction
from settlements.answers.services.withdraw_dispute import withdraw_dispute
from settlements.api_shapes import MINOR
from settlements.models import DisputeState, LineDispute, ReviewState, Statement, StatementComment, StatementReview


class StatementAcceptanceShape(serializers.Serializer[Any]):
    """Whether a partner's statement is accepted."""

    statement_id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=ReviewState.choices)
    accepted_at = InstantField(allow_null=True)
    accepted_by = serializers.CharField()
    is_by_silence = serializers.BooleanField()
    silence_from = InstantField(
        allow_null=True, help_text="From when on silence counts as acceptance; null where it never does."
    )
    content_sha256 = serializers.CharField(help_text="The content that was accepted; empty before.")


class StatementAcceptanceInput(StrictSerializer):
    """What is accepted: exactly the content with this hash."""

    content_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class CommentShape(serializers.Serializer[Any]):
    """What somebody of one side wrote."""

    id = serializers.UUIDField()
    statement_id = serializers.UUIDField()
    dispute_id = serializers.UUIDField(allow_null=True)
    author_organization_id = serializers.UUIDField()
    author = serializers.CharField()
    text = serializers.CharField()
    written_at = InstantField()


class CommentInput(StrictSerializer):
    """A comment; `dispute_id` where it is about one dispute."""

    text = serializers.CharField(max_length=4000)
    dispute_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class DisputeShape(serializers.Serializer[Any]):
    """A disputed line. `set_aside_minor` is null until somebody has looked, or while the line's money is inside its hold."""

    id = serializers.UUIDField()
    statement_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    organization_id = serializers.UUIDField(help_text="Whose statement it is.")
    line_number = serializers.IntegerField()
    reference = serializers.CharField()
    currency = serializers.CharField()
    share_minor = serializers.IntegerField(help_text=MINOR)
    claimed_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    reason = serializers.CharField()
    opened_by_organization_id = serializers.UUIDField()
    opened_at = InstantField()
    state = serializers.ChoiceField(choices=DisputeState.choices)
    set_aside_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    set_aside_currency = serializers.CharField(help_text="Another one where the balance was exchanged; empty before.")
    released_at = InstantField(allow_null=True)
    settled_at = InstantField(allow_null=True)
    note = serializers.CharField()
    corrected_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    correction_id = serializers.UUIDField(
        allow_null=True, help_text="The adjustment that gives or takes the difference."
    )


class DisputeInput(StrictSerializer):
    """Which line is wrong, why, and what it should be."""

    line_number = serializers.IntegerField(min_value=1)
    reason = serializers.CharField(max_length=4000)
    claimed_minor = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=-(10**15), max_value=10**15, help_text=MINOR
    )


class DisputeFilters(StrictSerializer):
    """Which disputes."""

    state = serializers.ChoiceField(choices=DisputeState.choices, required=False)
    statement_id = serializers.UUIDField(required=False)


class SettlementInput(StrictSerializer):
    """Why the line stands."""

    note = serializers.CharField(max_length=2000)


class CorrectionInput(SettlementInput):
    """What the line should have come to, and why; 0 reverses it."""

    corrected_minor = serializers.IntegerField(min_value=-(10**15), max_value=10**15, help_text=MINOR)


class CorrectionShape(serializers.Serializer[Any]):
    """The proposal that somebody else has to approve."""

    proposal_id = serializers.UUIDField()


class AcceptanceView(OrganizationAPIView):
    """The acceptance of one statement."""

    required_permissions = {"GET": Permission.STATEMENT_READ, "POST": Permission.STATEMENT_ANSWER}

    @extend_schema(operation_id="get_acceptance", tags=["statements"], responses=StatementAcceptanceShape)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """Whether a partner's statement is accepted; a host's own has no acceptance."""
        self.query(NoParameters)
        return self._shown(statement_id)

    @extend_schema(
        operation_id="accept_statement",
        tags=["statements"],
        request=StatementAcceptanceInput,
        responses=StatementAcceptanceShape,
    )
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Accept the own statement. No line of it can be disputed afterwards; accepting again changes nothing."""
        accept_statement(
            actor=self.actor, statement_id=statement_id, now=self.now, **self.body(StatementAcceptanceInput)
        )
        return self._shown(statement_id)

    def _shown(self, statement_id: UUID) -> Response:
        review = own(StatementReview.objects.all(), _review_of(statement_id))
        return Response(StatementAcceptanceShape(review).data)


def _review_of(statement_id: UUID) -> UUID:
    found = StatementReview.objects.filter(statement_id=statement_id).values_list("pk", flat=True).first()
    return found or statement_id


class CommentsView(OrganizationAPIView):
    """Comments on one statement."""

    required_permissions = {"GET": Permission.STATEMENT_READ, "POST": Permission.STATEMENT_ANSWER}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_statement_comments", tags=["statements"], responses=CommentShape(many=True))
    def get(self, request: Request, statement_id: UUID) -> Response:
        """What both sides wrote, latest first."""
        self.query(NoParameters)
        statement = own(Statement.objects.all(), statement_id)
        return self.page(StatementComment.objects.filter(statement=statement), CommentShape)

    @extend_schema(
        operation_id="comment_statement", tags=["statements"], request=CommentInput, responses={201: CommentShape}
    )
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Write to the other side. A comment can't be changed."""
        id_ = comment_statement(actor=self.actor, statement_id=statement_id, now=self.now, **self.body(CommentInput))
        return Response(CommentShape(StatementComment.objects.get(pk=id_)).data, status=status.HTTP_201_CREATED)


class DisputesOfView(OrganizationAPIView):
    """Disputes of one statement's lines."""

    required_permissions = {"POST": Permission.STATEMENT_ANSWER}

    @extend_schema(operation_id="dispute_line", tags=["disputes"], request=DisputeInput, responses={201: DisputeShape})
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Dispute one line, as its party or as the host. Its money is set aside until the dispute is settled."""
        id_ = dispute_line(actor=self.actor, statement_id=statement_id, now=self.now, **self.body(DisputeInput))
        return Response(DisputeShape(LineDispute.objects.get(pk=id_)).data, status=status.HTTP_201_CREATED)


class DisputesView(OrganizationAPIView):
    """Disputed lines."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_disputes", tags=["disputes"], parameters=[DisputeFilters], responses=DisputeShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """Disputes of the caller's statements, and for a host of its partners' too; latest first."""
        rows: QuerySet[LineDispute] = LineDispute.objects.filter(**self.query(DisputeFilters))
        return self.page(rows, DisputeShape)


class DisputeView(OrganizationAPIView):
    """One disputed line."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_dispute", tags=["disputes"], responses=DisputeShape)
    def get(self, request: Request, dispute_id: UUID) -> Response:
        """One dispute."""
        self.query(NoParameters)
        return Response(DisputeShape(own(LineDispute.objects.all(), dispute_id)).data)


class WithdrawalView(OrganizationAPIView):
    """Taking a dispute back."""

    required_permissions = {"POST": Permission.STATEMENT_ANSWER}

    @extend_schema(operation_id="withdraw_dispute", tags=["disputes"], request=None, responses=DisputeShape)
    def post(self, request: Request, dispute_id: UUID) -> Response:
        """Withdraw the own organization's dispute: the line stands."""
        withdraw_dispute(actor=self.actor, dispute_id=dispute_id, now=self.now)
        return Response(DisputeShape(own(LineDispute.objects.all(), dispute_id)).data)


class SettlementView(OrganizationAPIView):
    """Letting a line stand."""

    required_permissions = {"POST": Permission.ADJUSTMENT_PROPOSE}
    is_for_people = True

    @extend_schema(operation_id="let_line_stand", tags=["disputes"], request=SettlementInput, responses=DisputeShape)
    def post(self, request: Request, dispute_id: UUID) -> Response:
        """As the host, end a dispute with the line as it is; for people, not for keys."""
        let_line_stand(actor=self.actor, dispute_id=dispute_id, now=self.now, **self.body(SettlementInput))
        return Response(DisputeShape(own(LineDispute.objects.all(), dispute_id)).data)


class CorrectionsView(OrganizationAPIView):
    """Correcting a disputed line."""

    required_permissions = {"POST": Permission.ADJUSTMENT_PROPOSE}
    is_for_people = True

    @extend_schema(
        operation_id="propose_correction", tags=["disputes"], request=CorrectionInput, responses={201: CorrectionShape}
    )
    def post(self, request: Request, dispute_id: UUID) -> Response:
        """As the host, propose what the line should have come to; somebody else approves it. For people, not for keys."""
        id_ = propose_correction(actor=self.actor, dispute_id=dispute_id, now=self.now, **self.body(CorrectionInput))
        return Response({"proposal_id": id_}, status=status.HTTP_201_CREATED)
