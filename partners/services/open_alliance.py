"""A host opens an alliance."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models import Alliance, AllianceMembership, Organization


class HostOnlyError(NotPermittedError):
    """Only the host platform opens alliances and adds partners."""

    code = "host_only"
    sentence = _("Only the host of an alliance can do this.")


class AllianceNameMissingError(InvalidInputError):
    """An alliance has a name."""

    code = "alliance_name_missing"
    sentence = _("Give the alliance a name.")


def open_alliance(*, actor: Actor, name: str, now: datetime) -> UUID:
    """Open an alliance hosted by the actor's organization, which becomes its first member.

    Raises `HostOnlyError` for partners, `AllianceNameMissingError`, `NotPermittedError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    with atomic():
        host = Organization.objects.select_for_update().get(pk=actor.organization_id)
        if not host.is_host:
            raise HostOnlyError
        if not name.strip():
            raise AllianceNameMissingError(field="name")
        alliance = Alliance.objects.create(host=host, name=name.strip(), created_at=now)
        AllianceMembership.objects.create(alliance=alliance, host=host, organization=host, joined_at=now)
        audit.record(actor, "alliance.opened", alliance, now=now, after={"name": alliance.name})
    return alliance.id
