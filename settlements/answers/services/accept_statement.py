"""Accept a closed statement."""

from datetime import datetime
from uuid import UUID

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.answers.services.find_statement import find_statement
from settlements.answers.telling import Teller
from settlements.events import StatementAccepted
from settlements.models import DisputeState, LineDispute, ReviewState, Statement, StatementReview

_NOT_TO_ACCEPT = "SM014"


class StatementDisputedError(DomainError):
    """A line is disputed."""

    code = "statement_disputed"
    sentence = _("A line of this statement is disputed. Settle that first, or withdraw it.")


class OtherContentError(DomainError):
    """What was accepted is not what the statement says."""

    code = "other_content"
    sentence = _("This is not the content of the statement. Read it again, then accept.")


def accept_statement(
    *, actor: Actor, statement_id: UUID, content_sha256: str, by_silence: bool = False, now: datetime
) -> bool:
    """Accept the own statement, exactly as `content_sha256` binds it; `False` when it was accepted before.

    From then on no line can be disputed. Raises `StatementDisputedError`, `OtherContentError`, `OwnStatementError`,
    `NotFoundError`, and `NotPermittedError` for anybody but its party.
    """
    actor.require(Permission.STATEMENT_ANSWER)
    with atomic():
        statement = find_statement(actor, statement_id)
        if statement.organization_id != actor.organization_id:
            raise NotPermittedError
        if statement.content_sha256 != content_sha256:
            raise OtherContentError
        review = StatementReview.objects.select_for_update().get(statement_id=statement.id)
        if review.is_accepted:
            return False
        if LineDispute.objects.filter(statement_id=statement.id, state=DisputeState.OPEN).exists():
            raise StatementDisputedError
        _accept(actor, review, content_sha256, by_silence=by_silence, now=now)
        _tell(actor, statement, by_silence=by_silence, now=now)
    return True


def _accept(actor: Actor, review: StatementReview, content_sha256: str, *, by_silence: bool, now: datetime) -> None:
    review.state, review.accepted_at, review.content_sha256 = ReviewState.ACCEPTED, now, content_sha256
    review.accepted_by_id, review.accepted_by, review.is_by_silence = actor.user_id, actor.label[:160], by_silence
    try:
        with atomic():
            review.save()
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == _NOT_TO_ACCEPT:
            raise StatementDisputedError from error
        raise


def _tell(actor: Actor, statement: Statement, *, by_silence: bool, now: datetime) -> None:
    how = "silence" if by_silence else "word"
    after = {"how": how, "content_sha256": statement.content_sha256}
    record(actor, "statement.accepted", statement, now=now, after=after)
    teller = Teller(statement)
    event = StatementAccepted(how=how, content_sha256=statement.content_sha256, **teller.fields(actor.organization_id))
    teller.tell(event, now=now)
