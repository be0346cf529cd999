"""A host takes an organization into its alliance."""

from datetime import datetime
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic, database_alias
from partners.events import PartnerJoined
from partners.models import Alliance, AllianceMembership, OrganizationKind
from partners.services.open_alliance import HostOnlyError
from partners.services.tell_host import tell_host


class UnknownOrganizationError(InvalidInputError):
    """No active partner organization has this number."""

    code = "unknown_organization"
    sentence = _("No partner organization has this number. The partner finds it in its settings.")


class AlreadyInAllianceError(DomainError):
    """The organization is in this alliance, under another code."""

    code = "already_in_alliance"
    sentence = _("This organization is already in the alliance.")


class PartnerCodeTakenError(InvalidInputError):
    """Another partner of the alliance has this code."""

    code = "partner_code_taken"
    sentence = _("Another partner of this alliance has this code.")


def add_partner(
    *, actor: Actor, alliance_id: UUID, organization_id: UUID, partner_code: str = "", now: datetime
) -> UUID:
    """Take an existing partner organization into the alliance; returns the membership's id. Repeating it changes nothing.

    `partner_code` is how the host's own files name the organization. Raises `NotFoundError`, `HostOnlyError`,
    `UnknownOrganizationError`, `AlreadyInAllianceError`, `PartnerCodeTakenError`, `NotPermittedError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    with atomic():
        alliance = locked_alliance(actor=actor, alliance_id=alliance_id)
        _require_partner(organization_id)
        return take_in(
            actor=actor, alliance=alliance, organization_id=organization_id, partner_code=partner_code, now=now
        )


def take_in(*, actor: Actor, alliance: Alliance, organization_id: UUID, partner_code: str, now: datetime) -> UUID:
    """The place of an active partner organization in the alliance, locked by the caller, who has checked the permission.

    Repeating it changes nothing. Raises `AlreadyInAllianceError`, `PartnerCodeTakenError`.
    """
    code = partner_code.strip()
    present = AllianceMembership.objects.filter(alliance=alliance, organization_id=organization_id).first()
    if present is not None:
        if present.partner_code == code:
            return present.id
        raise AlreadyInAllianceError
    _require_free(alliance, code)
    membership = AllianceMembership.objects.create(
        alliance=alliance,
        host_id=alliance.host_id,
        organization_id=organization_id,
        partner_code=code,
        joined_at=now,
    )
    audit.record(actor, "alliance.partner_added", membership, now=now, after={"partner_code": code})
    joined = PartnerJoined(
        alliance_id=str(alliance.id),
        host_id=str(alliance.host_id),
        organization_id=str(organization_id),
        partner_code=code,
    )
    tell_host(joined, host_id=alliance.host_id, now=now)
    return membership.id


def locked_alliance(*, actor: Actor, alliance_id: UUID) -> Alliance:
    """The alliance, locked for a change of who is in it; raises `NotFoundError`, or `HostOnlyError` for a member."""
    alliance = Alliance.objects.filter(pk=alliance_id).first()
    if alliance is None:
        raise NotFoundError
    if alliance.host_id != actor.organization_id:
        raise HostOnlyError
    return Alliance.objects.select_for_update().get(pk=alliance_id)


def _require_partner(organization_id: UUID) -> None:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT kind, status FROM partners_find_organization(%s) CROSS JOIN LATERAL partners_standing_of(id)",
            [organization_id],
        )
        found = cursor.fetchone()
    if found != (OrganizationKind.PARTNER, OrganizationStatus.ACTIVE):
        raise UnknownOrganizationError(field="organization_id")


def _require_free(alliance: Alliance, code: str) -> None:
    if code and AllianceMembership.objects.filter(alliance=alliance, partner_code=code).exists():
        raise PartnerCodeTakenError(field="partner_code")
