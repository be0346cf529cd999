"""Which files somebody may have."""

from django.db.models import QuerySet

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from settlements.models import Export


def exports_for(actor: Actor) -> QuerySet[Export, Export]:
    """The organization's files; those of the audit trail, and those for the bank, only for those who may read and pay."""
    found = Export.objects.all()
    if not actor.can(Permission.AUDIT_READ):
        found = found.filter(audit_question__isnull=True)
    return found if actor.can(Permission.PAYOUT_APPROVE) else found.filter(batch__isnull=True)


def require_download(actor: Actor, export: Export) -> None:
    """Account numbers leave with a second factor only. Raises `SecondFactorRequiredError`, `NotPermittedError`."""
    if export.batch_id is not None:
        actor.require(Permission.PAYOUT_APPROVE)
