"""Stop payouts to a partner."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import hosted_alliances, partners_in
from settlements.payouts.models import PayoutHold
from settlements.payouts.services.lock_payouts import lock_payouts


class HoldReasonMissingError(InvalidInputError):
    """The partner reads why."""

    code = "hold_reason_missing"
    sentence = _("Say why: the partner reads it.")


class OnHoldAlreadyError(DomainError):
    """One hold is enough."""

    code = "on_hold_already"
    sentence = _("Payouts to this partner are on hold already.")


def place_hold(*, actor: Actor, organization_id: UUID, reason: str, now: datetime) -> UUID:
    """Nothing is prepared or approved for this partner until the hold is lifted; what is on its way goes on. The hold's id.

    Raises `HoldReasonMissingError`, `OnHoldAlreadyError`, `NotFoundError` for nobody's partner.
    """
    actor.require(Permission.PAYOUT_PREPARE)
    if not reason.strip():
        raise HoldReasonMissingError(field="reason")
    own = [alliance.id for alliance in hosted_alliances() if alliance.host_id == actor.organization_id]
    partners = {p.organization_id for id_ in own for p in partners_in(alliance_id=id_) if not p.is_host}
    if organization_id not in partners:
        raise NotFoundError
    with atomic():
        lock_payouts(actor.organization_id)
        if PayoutHold.objects.filter(organization_id=organization_id, lifted_at__isnull=True).exists():
            raise OnHoldAlreadyError
        hold = PayoutHold.objects.create(
            host_id=actor.organization_id,
            organization_id=organization_id,
            reason=reason.strip()[:200],
            placed_at=now,
            placed_by=actor.label[:160],
        )
        record(actor, "payout_hold.placed", hold, now=now, after={"reason": hold.reason})
    return hold.id
