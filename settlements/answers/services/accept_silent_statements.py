"""Take silence for acceptance, once the time to answer is over."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from alliance.kernel.actor import system_actor
from alliance.kernel.errors import DomainError
from alliance.kernel.tenancy import across_organizations, organization_scope
from settlements.answers.services.accept_statement import accept_statement
from settlements.models import DisputeState, LineDispute, ReviewState, StatementReview

MOST_AT_ONCE = 500


def accept_silent_statements(*, now: datetime) -> list[UUID]:
    """Accept every statement whose time to answer is over, with no line disputed, in its party's name; their ids.

    Runs outside any scope; repeating it is harmless.
    """
    with across_organizations(reason="the clock accepts statements that nobody answered"):
        disputed = LineDispute.objects.filter(statement_id=OuterRef("statement_id"), state=DisputeState.OPEN)
        silent = StatementReview.objects.filter(state=ReviewState.OPEN, silence_from__lte=now)
        rows = silent.exclude(Exists(disputed)).annotate(sha256=F("statement__content_sha256")).order_by("silence_from")
        due = list(rows.values_list("organization_id", "statement_id", "sha256")[:MOST_AT_ONCE])
    return [id_ for organization_id, id_, sha256 in due if _accept(organization_id, id_, sha256, now)]


def _accept(organization_id: UUID, statement_id: UUID, content_sha256: str, now: datetime) -> bool:
    with organization_scope(organization_id):
        actor = system_actor(organization_id, label="nobody answered in time")
        try:
            return accept_statement(
                actor=actor, statement_id=statement_id, content_sha256=content_sha256, by_silence=True, now=now
            )
        except DomainError:  # disputed in the meantime
            return False
