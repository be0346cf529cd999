"""A host brings a company that has no organization here yet into its alliance."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections

from alliance.kernel.actor import Actor
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from partners.domain.terms import is_time_zone
from partners.services.add_partner import add_partner, locked_alliance
from partners.services.create_organization import OrganizationNameMissingError, UnknownTimeZoneError


@dataclass(frozen=True, slots=True)
class NewPartner:
    """What the host knows of the company. `country` is ISO 3166 alpha-2 or empty."""

    name: str
    partner_code: str = ""
    time_zone: str = "UTC"
    country: str = ""


def found_partner(*, actor: Actor, alliance_id: UUID, partner: NewPartner, now: datetime) -> UUID:
    """Create the partner organization and take it into the alliance; returns the organization's id.

    It has no members until somebody is invited as its owner (`invite_first_owner`). Raises what `add_partner` raises,
    `OrganizationNameMissingError` and `UnknownTimeZoneError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    if not partner.name.strip():
        raise OrganizationNameMissingError(field="name")
    if not is_time_zone(partner.time_zone):
        raise UnknownTimeZoneError(field="time_zone")
    organization_id = new_id()
    with atomic():
        locked_alliance(actor=actor, alliance_id=alliance_id)
        with connections[database_alias()].cursor() as cursor:
            cursor.execute(
                "SELECT partners_found_partner(%s, %s, %s, %s, %s, %s)",
                [organization_id, actor.organization_id, partner.name.strip(), partner.country, partner.time_zone, now],
            )
        add_partner(
            actor=actor,
            alliance_id=alliance_id,
            organization_id=organization_id,
            partner_code=partner.partner_code,
            now=now,
        )
    return organization_id
