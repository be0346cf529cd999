"""Dispute one line of a closed statement."""

from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, IntegrityError
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.answers.services.find_statement import find_statement
from settlements.answers.telling import Teller
from settlements.events import LineDisputed
from settlements.models import LineDispute, Statement, StatementLine, StatementReview

LONGEST = 4000
_NOT_TO_DISPUTE = "SM013"


class StatementAcceptedError(DomainError):
    """The party has accepted the statement; its lines stand."""

    code = "statement_accepted"
    sentence = _("This statement was accepted, so its lines stand. The host can still restate it.")


class LineDisputedAlreadyError(DomainError):
    """One dispute of a line at a time."""

    code = "line_disputed_already"
    sentence = _("This line is disputed already.")


class DisputeReasonMissingError(InvalidInputError):
    """The other side could not answer."""

    code = "dispute_reason_missing"
    sentence = _("Say what is wrong with the line: the other side reads it.")


class NothingDisputedError(InvalidInputError):
    """The claim is what the line says."""

    code = "nothing_disputed"
    sentence = _("That is what the line says already. Say another amount, or leave it empty.")


def dispute_line(
    *,
    actor: Actor,
    statement_id: UUID,
    line_number: int,
    reason: str,
    claimed_minor: int | None = None,
    now: datetime,
) -> UUID:
    """Dispute one line, as its party or as the host; the dispute's id. `claimed_minor`: what the share should be.

    The statement stays as it is and can't be accepted while the dispute is open. The host's worker sets the line's money
    aside, as far as it is still available. A dispute and an acceptance at once: one of them is refused. Raises
    `StatementAcceptedError`, `LineDisputedAlreadyError`, `DisputeReasonMissingError`, `NothingDisputedError`,
    `OwnStatementError`, `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.STATEMENT_ANSWER)
    with atomic():
        statement = find_statement(actor, statement_id)
        line = _line(statement, line_number, reason, claimed_minor)
        dispute = _open(actor, statement, line, reason.strip()[:LONGEST], claimed_minor, now)
        after = {"statement": statement.number, "line": line_number, "share_minor": line.share_minor}
        record(actor, "line.disputed", dispute, now=now, after=after)
        teller = Teller(statement)
        event = LineDisputed(
            dispute_id=str(dispute.id),
            line_number=line_number,
            currency=statement.currency,
            share_minor=line.share_minor,
            **teller.fields(actor.organization_id),
        )
        teller.tell(event, now=now)
    return dispute.id


def _line(statement: Statement, line_number: int, reason: str, claimed_minor: int | None) -> StatementLine:
    """The line, if it can be disputed for this reason."""
    line = StatementLine.objects.filter(statement_id=statement.id, line_number=line_number).first()
    if line is None:
        raise NotFoundError
    if not reason.strip():
        raise DisputeReasonMissingError(field="reason")
    if claimed_minor == line.share_minor:
        raise NothingDisputedError(field="claimed")
    if StatementReview.objects.filter(statement_id=statement.id, state="accepted").exists():
        raise StatementAcceptedError
    return line


def _open(
    actor: Actor, statement: Statement, line: StatementLine, reason: str, claimed_minor: int | None, now: datetime
) -> LineDispute:
    """The row, which the database checks against the line and against an acceptance that came first."""
    try:
        with atomic():
            return LineDispute.objects.create(
                host_id=statement.host_id,
                agreement_id=statement.agreement_id,
                organization_id=statement.organization_id,
                statement_id=statement.id,
                line_number=line.line_number,
                accrual_id=line.accrual_id,
                reference=line.reference,
                currency=statement.currency,
                share_minor=line.share_minor,
                claimed_minor=claimed_minor,
                reason=reason,
                opened_by_organization_id=actor.organization_id,
                opened_by_id=actor.user_id,
                opened_by=actor.label[:160],
                opened_at=now,
            )
    except IntegrityError as error:
        if "line_disputed_once" in str(error):
            raise LineDisputedAlreadyError from error
        raise
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == _NOT_TO_DISPUTE:
            raise StatementAcceptedError from error
        raise
