"""Write a comment on a statement, or on one dispute of it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.answers.services.find_statement import find_statement
from settlements.answers.telling import Teller
from settlements.events import StatementCommented
from settlements.models import LineDispute, StatementComment

LONGEST = 4000


class CommentEmptyError(InvalidInputError):
    """It says nothing."""

    code = "comment_empty"
    sentence = _("Write something first.")


def comment_statement(
    *, actor: Actor, statement_id: UUID, text: str, dispute_id: UUID | None = None, now: datetime
) -> UUID:
    """Add a comment that both sides read; its id. It can't be changed afterwards.

    Raises `CommentEmptyError`, `OwnStatementError`, `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.STATEMENT_ANSWER)
    with atomic():
        statement = find_statement(actor, statement_id)
        if not (said := text.strip()[:LONGEST]):
            raise CommentEmptyError(field="text")
        if dispute_id and not LineDispute.objects.filter(pk=dispute_id, statement_id=statement.id).exists():
            raise NotFoundError
        comment = StatementComment.objects.create(
            host_id=statement.host_id,
            organization_id=statement.organization_id,
            statement_id=statement.id,
            dispute_id=dispute_id,
            author_organization_id=actor.organization_id,
            author_id=actor.user_id,
            author=actor.label[:160],
            text=said,
            written_at=now,
        )
        record(actor, "statement.commented", statement, now=now)
        teller = Teller(statement)
        event = StatementCommented(
            comment_id=str(comment.id),
            dispute_id=str(dispute_id) if dispute_id else "",
            **teller.fields(actor.organization_id),
        )
        teller.tell(event, now=now)
    return comment.id
