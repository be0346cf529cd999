"""Found an organization with its first owner."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor, ActorKind
from alliance.kernel.errors import InvalidInputError, NotPermittedError
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic
from partners.domain.terms import is_time_zone
from partners.models import Member, Organization, OrganizationKind


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """What is known of a company at its beginning. `country` is ISO 3166 alpha-2 or empty."""

    name: str
    kind: OrganizationKind
    time_zone: str = "UTC"
    country: str = ""


class OrganizationNameMissingError(InvalidInputError):
    """An organization has a name."""

    code = "organization_name_missing"
    sentence = _("Give the organization a name.")


class UnknownTimeZoneError(InvalidInputError):
    """The zone is not in the IANA database."""

    code = "unknown_time_zone"
    sentence = _("This is not a time zone, such as Europe/London or Asia/Shanghai.")


def create_organization(*, actor: Actor, organization: NewOrganization, owner_id: UUID | None, now: datetime) -> UUID:
    """Create the organization whose scope is open, `actor.organization_id`, and make `owner_id` its owner.

    For operators and the system: an application was approved, or the demo is seeded. Raises
    `OrganizationNameMissingError`, `UnknownTimeZoneError`, `NotPermittedError`.
    """
    if actor.kind not in {ActorKind.OPERATOR, ActorKind.SYSTEM}:
        raise NotPermittedError
    actor.require(Permission.ORGANIZATION_MANAGE)
    name = organization.name.strip()
    if not name:
        raise OrganizationNameMissingError(field="name")
    if not is_time_zone(organization.time_zone):
        raise UnknownTimeZoneError(field="time_zone")
    with atomic():
        created = Organization.objects.create(
            id=actor.organization_id,
            name=name,
            kind=organization.kind,
            time_zone=organization.time_zone,
            country=organization.country,
            created_at=now,
        )
        if owner_id is not None:
            Member.objects.create(organization=created, user_id=owner_id, role=Role.OWNER, joined_at=now)
        audit.record(actor, "organization.created", created, now=now, after={"name": name, "kind": str(created.kind)})
    return created.id
