"""The host says whom its alliance takes in."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.eligibility import EligibilityRules
from partners.onboarding.selectors import page_of
from partners.services.add_partner import locked_alliance


def save_eligibility(*, actor: Actor, alliance_id: UUID, rules: EligibilityRules, now: datetime) -> None:
    """Keep the rules of the alliance; they judge applications that come in from now on. The same again records nothing.

    Raises `NotFoundError` also while the alliance has no page, `HostOnlyError`, `NotPermittedError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    with atomic():
        locked_alliance(actor=actor, alliance_id=alliance_id)
        page = page_of(alliance_id)
        if page is None:
            raise NotFoundError
        before, after = page.rules.to_json(), rules.to_json()
        if before == after:
            return
        page.eligibility, page.changed_at = after, now
        page.save(update_fields=["eligibility", "changed_at"])
        audit.record(actor, "application_page.rules_saved", page, now=now, before=before, after=after)
