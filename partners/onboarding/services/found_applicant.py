"""A person from outside brings a company onto the installation, by applying to an alliance."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic
from partners.domain.terms import is_time_zone
from partners.models.organizations import Member, Organization, OrganizationKind
from partners.onboarding.models import ApplicationIntent
from partners.onboarding.services.start_application import start_application
from partners.selectors import memberships_of
from partners.services.create_organization import OrganizationNameMissingError, UnknownTimeZoneError

MOST_APPLYING: Final = 3


@dataclass(frozen=True, slots=True)
class NewApplicant:
    """What a company says of itself at first. `country` is ISO 3166 alpha-2 or empty."""

    name: str
    country: str = ""
    time_zone: str = "UTC"


class TooManyApplicantsError(DomainError):
    """One person does not bring in any number of companies."""

    code = "too_many_applicants"
    status = 429
    sentence = _("You are applying with three companies already. Finish or withdraw one of them first.")


def found_applicant(*, actor: Actor, applicant: NewApplicant, slug: str, now: datetime) -> UUID:
    """Create the organization whose scope is open, applying, with the acting person as its owner; and its first draft.

    Returns the application's id. Raises what `start_application` raises, `TooManyApplicantsError`,
    `OrganizationNameMissingError`, `UnknownTimeZoneError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    person_id = actor.user_id
    assert person_id is not None
    name = applicant.name.strip()
    if not name:
        raise OrganizationNameMissingError(field="name")
    if not is_time_zone(applicant.time_zone):
        raise UnknownTimeZoneError(field="time_zone")
    applying = [m for m in memberships_of(person_id) if m.organization.status is OrganizationStatus.APPLYING]
    if len(applying) >= MOST_APPLYING:
        raise TooManyApplicantsError
    with atomic():
        organization = Organization.objects.create(
            id=actor.organization_id,
            name=name,
            kind=OrganizationKind.PARTNER,
            status=OrganizationStatus.APPLYING,
            country=applicant.country,
            time_zone=applicant.time_zone,
            created_at=now,
        )
        Member.objects.create(organization=organization, user_id=person_id, role=Role.OWNER, joined_at=now)
        audit.record(actor, "organization.created", organization, now=now, after={"name": name, "kind": "partner"})
        application_id = start_application(actor=actor, slug=slug, now=now)
        ApplicationIntent.objects.filter(user_id=person_id).delete()
    return application_id
