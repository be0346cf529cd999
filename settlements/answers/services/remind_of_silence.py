"""Remind partners of statements that their silence is about to accept."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import across_organizations, atomic, organization_scope
from partners.telling import tell_members
from settlements.answers.mailed import facts_of
from settlements.domain.answering import DAYS_BEFORE, remind_at
from settlements.models import DisputeState, LineDispute, ReviewState, StatementReview

MOST_AT_ONCE = 500


def remind_of_silence(*, now: datetime) -> int:
    """Mail each due reminder, once, to those who answer the party's statements; how many were due.

    Three days before silence counts, or of a short time to answer the day before, in the agreement's morning. Not while a
    line is disputed: nothing is accepted then. Runs outside any scope; repeating it sends nothing again.
    """
    with across_organizations(reason="the clock reminds partners of statements that nobody answered"):
        disputed = LineDispute.objects.filter(statement_id=OuterRef("statement_id"), state=DisputeState.OPEN)
        soon = now + timedelta(days=DAYS_BEFORE)
        waiting = StatementReview.objects.filter(
            state=ReviewState.OPEN, reminded_at__isnull=True, silence_from__gt=now, silence_from__lte=soon
        )
        rows = waiting.exclude(Exists(disputed)).select_related("statement").order_by("silence_from", "id")
        due = [review for review in rows[:MOST_AT_ONCE] if _is_due(review, now)]
    return sum(_remind(review.organization_id, review.id, now) for review in due)


def _is_due(review: StatementReview, now: datetime) -> bool:
    assert review.silence_from is not None  # asked for
    at = remind_at(review.closed_at, review.silence_from, time_zone=review.statement.time_zone)
    return at is not None and at <= now


def _remind(organization_id: UUID, review_id: UUID, now: datetime) -> bool:
    with organization_scope(organization_id), atomic():
        held = StatementReview.objects.select_for_update(of=("self",)).select_related("statement__organization")
        review = held.filter(pk=review_id, state=ReviewState.OPEN, reminded_at__isnull=True).first()
        if review is None:
            return False
        review.reminded_at = now
        review.save(update_fields=["reminded_at"])
        facts = facts_of(review.statement, review)
        tell_members(template="statement_waits_still", permission=Permission.STATEMENT_ANSWER, facts=facts, now=now)
    return True
