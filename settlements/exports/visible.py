"""Which files somebody may have."""

from django.db.models import QuerySet

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from settlements.models import Export


def exports_for(actor: Actor) -> QuerySet[Export, Export]:
    """The organization's files; those of the audit trail only for those who may read it."""
    found = Export.objects.all()
    return found if actor.can(Permission.AUDIT_READ) else found.filter(audit_question__isnull=True)
