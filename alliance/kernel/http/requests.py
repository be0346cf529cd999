"""Requests with the types a door has put on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus

ORGANIZATION_SESSION_KEY: Final = "organization_id"  # in the session: which of a person's organizations is shown


@dataclass(frozen=True, slots=True)
class OrganizationBrief:
    """What a page needs to know of the organization it is shown for. `status_reason`: why it stands so, for its members."""

    id: UUID
    name: str
    kind: str
    time_zone: str
    status: OrganizationStatus = OrganizationStatus.ACTIVE
    status_reason: str = ""

    @property
    def is_host(self) -> bool:
        """Whether this organization opens alliances."""
        return self.kind == "host"


@dataclass(frozen=True, slots=True)
class MembershipBrief:
    """One organization the signed-in person belongs to, and what it asks for before it opens."""

    organization: OrganizationBrief
    role: Role
    requires_second_factor: bool = False
    requires_single_sign_on: bool = False


@dataclass(frozen=True, slots=True)
class ViewingBrief:
    """An operator is looking at the portal through a member's eyes until `expires_at`."""

    id: UUID
    member_name: str
    membership: MembershipBrief
    expires_at: datetime


class PortalRequest(HttpRequest):
    """Any request that has passed the portal's door: memberships are known, an organization perhaps not.

    `barrier` says why the chosen organization stays closed to this session; then there is no actor.
    """

    request_id: str
    memberships: tuple[MembershipBrief, ...]
    membership: MembershipBrief | None
    actor: Actor | None
    barrier: DomainError | None
    viewing: ViewingBrief | None


class MemberRequest(HttpRequest):
    """A request inside the scope of the member's organization."""

    request_id: str
    memberships: tuple[MembershipBrief, ...]
    membership: MembershipBrief
    organization: OrganizationBrief
    actor: Actor
