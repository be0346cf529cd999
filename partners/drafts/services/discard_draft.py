"""A member throws a draft away."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.drafts.models import AgreementDraft


def discard_draft(*, actor: Actor, draft_id: UUID, now: datetime) -> bool:
    """Delete a draft for good; `False` when it was gone already. Raises `NotPermittedError`."""
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        draft = AgreementDraft.objects.select_for_update().filter(pk=draft_id).first()
        if draft is None:
            return False
        before = {"name": draft.name, "terms": draft.terms}
        audit.record(actor, "agreement_draft.discarded", draft, now=now, before=before)
        draft.delete()
    return True
