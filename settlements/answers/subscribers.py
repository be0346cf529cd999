"""What is done when something was said to a statement: money is set aside or let go, and the other side gets a mail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from alliance.kernel.money import with_currency
from alliance.kernel.permissions import Permission
from partners.mails import page_address
from partners.selectors import organization_names
from partners.telling import tell_members
from settlements.answers import audit_words
from settlements.answers.mailed import facts_of
from settlements.answers.services.ask_for_acceptance import ask_for_acceptance
from settlements.answers.services.release_withdrawn import release_withdrawn
from settlements.answers.services.set_disputed_aside import set_disputed_aside
from settlements.events import (
    DisputeSettled,
    LineDisputed,
    PeriodClosed,
    StatementAccepted,
    StatementCommented,
    StatementEvent,
    StatementIssued,
)
from settlements.models import DisputeState, LineDispute, Statement, StatementComment, StatementReview


def on_line_disputed(event: LineDisputed, /, *, organization_id: UUID, now: datetime) -> None:
    """Set its money aside; once, in the host's scope."""
    if str(organization_id) == event.host_id:
        actor = system_actor(organization_id, label="a line is disputed")
        set_disputed_aside(actor=actor, dispute_id=UUID(event.dispute_id), now=now)


def on_dispute_settled(event: DisputeSettled, /, *, organization_id: UUID, now: datetime) -> None:
    """Let the money of a dispute go that was taken back; once, in the host's scope."""
    if str(organization_id) == event.host_id and event.outcome == DisputeState.WITHDRAWN:
        actor = system_actor(organization_id, label="a dispute was withdrawn")
        release_withdrawn(actor=actor, dispute_id=UUID(event.dispute_id), now=now)


def on_period_closed(event: PeriodClosed, /, *, organization_id: UUID, now: datetime) -> None:
    """Ask each partner for acceptance of its new statement; in the host's scope."""
    actor = system_actor(organization_id, label="a period was closed")
    ask_for_acceptance(actor=actor, period_id=UUID(event.period_id), now=now)


def on_statement_issued(event: StatementIssued, /, *, organization_id: UUID, now: datetime) -> None:
    """Tell the partner's people that their statement waits for them, unless one of them was faster."""
    if str(organization_id) != event.party_id:
        return
    review = StatementReview.objects.select_related("statement").get(statement_id=event.statement_id)
    if not review.is_accepted:
        facts = facts_of(review.statement, review)
        tell_members(template="statement_waits", permission=Permission.STATEMENT_ANSWER, facts=facts, now=now)


_MAILS: Final[Mapping[type[StatementEvent], str]] = {
    StatementAccepted: "statement_accepted",
    StatementCommented: "statement_commented",
    LineDisputed: "statement_line_disputed",
    DisputeSettled: "statement_dispute_settled",
}


def tell_of(event: StatementEvent, /, *, organization_id: UUID, now: datetime) -> None:
    """Mail those who answer statements, on the other side; both sides where silence was taken for acceptance."""
    is_own_act = event.by_organization_id == str(organization_id)
    if is_own_act and not (isinstance(event, StatementAccepted) and event.how == "silence"):
        return
    facts = _facts(event)
    tell_members(template=_MAILS[type(event)], permission=Permission.STATEMENT_ANSWER, facts=facts, now=now)


def _facts(event: StatementEvent) -> dict[str, str]:
    statement = Statement.objects.get(pk=event.statement_id)
    names = organization_names([UUID(event.by_organization_id), statement.organization_id])
    facts = {
        "statement": statement.number,
        "actor": names.get(UUID(event.by_organization_id), ""),
        "party": names.get(statement.organization_id, ""),
        "link": page_address("statement", statement.id),
    }
    if isinstance(event, StatementAccepted):
        facts["how"] = event.how
    if isinstance(event, StatementCommented):
        facts["text"] = StatementComment.objects.values_list("text", flat=True).get(pk=event.comment_id)
        if event.dispute_id:
            facts["link"] = page_address("dispute", UUID(event.dispute_id))
    if isinstance(event, LineDisputed | DisputeSettled):
        facts |= _of_dispute(LineDispute.objects.get(pk=event.dispute_id))
    return facts


def _of_dispute(dispute: LineDispute) -> dict[str, str]:
    def said(amount_minor: int | None) -> str:
        return "" if amount_minor is None else with_currency(amount_minor, dispute.currency)

    return {
        "line": str(dispute.line_number),
        "reference": dispute.reference,
        "share": said(dispute.share_minor),
        "claimed": said(dispute.claimed_minor),
        "corrected": said(dispute.corrected_minor),
        "outcome": dispute.state,
        "reason": dispute.reason,
        "note": dispute.note,
        "link": page_address("dispute", dispute.id),
    }


def register() -> None:
    """Called when the app is ready."""
    audit_words.register()
    subscribe(LineDisputed, on_line_disputed, name="settlements.set_disputed_aside", queue="money")
    subscribe(DisputeSettled, on_dispute_settled, name="settlements.release_withdrawn", queue="money")
    subscribe(PeriodClosed, on_period_closed, name="settlements.ask_for_acceptance", queue="mail")
    subscribe(StatementIssued, on_statement_issued, name="settlements.tell_statement_waits", queue="mail")
    for event_class, template in _MAILS.items():
        subscribe(event_class, tell_of, name=f"settlements.tell_{template}", queue="mail")
