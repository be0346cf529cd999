"""The host changes how its files name a partner."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.events import PartnerCodeChanged
from partners.models import AllianceMembership
from partners.services.add_partner import PartnerCodeTakenError, locked_alliance


def change_partner_code(*, actor: Actor, membership_id: UUID, partner_code: str, now: datetime) -> None:
    """Give a partner of the actor's alliance another code, or none. Orders imported before keep their partner.

    Raises `NotFoundError`, `HostOnlyError`, `PartnerCodeTakenError`, `NotPermittedError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    code = partner_code.strip()
    with atomic():
        membership = AllianceMembership.objects.filter(pk=membership_id).first()
        if membership is None:
            raise NotFoundError
        locked_alliance(actor=actor, alliance_id=membership.alliance_id)
        others = AllianceMembership.objects.filter(alliance_id=membership.alliance_id).exclude(pk=membership_id)
        if code and others.filter(partner_code=code).exists():
            raise PartnerCodeTakenError(field="partner_code")
        if membership.partner_code == code:
            return
        before = {"partner_code": membership.partner_code}
        AllianceMembership.objects.filter(pk=membership_id).update(partner_code=code)
        audit.record(
            actor, "alliance.partner_code_changed", membership, now=now, before=before, after={"partner_code": code}
        )
        event = PartnerCodeChanged(
            alliance_id=str(membership.alliance_id),
            host_id=str(membership.host_id),
            organization_id=str(membership.organization_id),
            partner_code=code,
        )
        publish(event, now=now)
