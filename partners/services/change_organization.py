"""An organization's own settings."""

from dataclasses import dataclass
from datetime import datetime

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.domain.terms import is_time_zone
from partners.models import Organization
from partners.services.create_organization import OrganizationNameMissingError, UnknownTimeZoneError


@dataclass(frozen=True, slots=True)
class OrganizationSettings:
    """What an organization says of itself. `country` is ISO 3166 alpha-2 or empty."""

    name: str
    time_zone: str
    country: str = ""
    industry: str = ""


def change_organization(*, actor: Actor, wanted: OrganizationSettings, now: datetime) -> None:
    """Change the actor's organization. Agreements keep their own time zone. Changing nothing records nothing.

    Raises `OrganizationNameMissingError`, `UnknownTimeZoneError`, `NotPermittedError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    if not wanted.name.strip():
        raise OrganizationNameMissingError(field="name")
    if not is_time_zone(wanted.time_zone):
        raise UnknownTimeZoneError(field="time_zone")
    with atomic():
        organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
        before = _said(organization)
        organization.name, organization.time_zone = wanted.name.strip(), wanted.time_zone
        organization.country, organization.industry = wanted.country, wanted.industry.strip()
        if _said(organization) == before:
            return
        organization.save(update_fields=["name", "time_zone", "country", "industry"])
        audit.record(actor, "organization.changed", organization, now=now, before=before, after=_said(organization))


def _said(organization: Organization) -> dict[str, str]:
    return {field: getattr(organization, field) for field in ("name", "time_zone", "country", "industry")}
