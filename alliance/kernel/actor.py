"""Who acts. Each face builds an `Actor` and hands it to exactly one service."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import (
    APPLICANT_PERMISSIONS,
    MONEY_PERMISSIONS,
    ROLE_PERMISSIONS,
    SECRET_PERMISSIONS,
    Permission,
    Role,
)
from alliance.kernel.standing import OrganizationStatus


class SecondFactorRequiredError(NotPermittedError):
    """The person may do this, but must give a second factor first."""

    code = "second_factor_required"
    sentence = _(
        "This needs a second factor. Set one up under Two-factor authentication in your account, or sign in with it again."
    )


class PersonRequiredError(NotPermittedError):
    """A key asks for what only a signed-in person may do."""

    code = "person_required"
    sentence = _("This needs a signed-in person; an API key can't do it.")


class ActorKind(StrEnum):
    """What sort of thing acts; recorded in the audit trail."""

    MEMBER = "member"
    API_KEY = "api_key"
    SYSTEM = "system"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Actor:
    """One acting member, key, operator or scheduled job, always on behalf of one organization.

    `actor_id` is the user's, key's or operator's id; `None` for the system itself. `standing` is the organization's: the
    doors let nobody of a suspended or offboarded one write.
    `has_second_factor`: the person has given one in this session. `is_read_only`: an operator looks through a member's
    eyes; the doors let no write pass.
    """

    kind: ActorKind
    organization_id: UUID
    actor_id: UUID | None = None
    label: str = ""
    role: Role | None = None
    permissions: frozenset[Permission] = field(default_factory=frozenset)
    ip_prefix: str = ""
    request_id: str = ""
    standing: OrganizationStatus = OrganizationStatus.ACTIVE
    has_second_factor: bool = False
    is_read_only: bool = False

    @property
    def user_id(self) -> UUID | None:
        """The person who acts, for columns that name one; `None` for keys and for the system."""
        return self.actor_id if self.kind in {ActorKind.MEMBER, ActorKind.OPERATOR} else None

    def can(self, permission: Permission) -> bool:
        """Whether this actor holds `permission`."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse with `NotPermittedError` unless this actor holds `permission`.

        A member who would approve money without a second factor is refused with `SecondFactorRequiredError`.
        """
        if not self.can(permission):
            raise NotPermittedError
        if permission in MONEY_PERMISSIONS and self.kind is ActorKind.MEMBER and not self.has_second_factor:
            raise SecondFactorRequiredError

    def require_person(self) -> None:
        """Refuse a key with `PersonRequiredError`."""
        if self.kind is ActorKind.API_KEY:
            raise PersonRequiredError


def permissions_within(standing: OrganizationStatus, permissions: frozenset[Permission]) -> frozenset[Permission]:
    """What remains of `permissions` in an organization that stands so: one that applies has its application."""
    return permissions & APPLICANT_PERMISSIONS if standing is OrganizationStatus.APPLYING else permissions


def member_actor(
    *,
    user_id: UUID,
    organization_id: UUID,
    role: Role,
    label: str = "",
    ip_prefix: str = "",
    request_id: str = "",
    standing: OrganizationStatus = OrganizationStatus.ACTIVE,
) -> Actor:
    """The actor for a signed-in member with `role` in `organization_id`."""
    return Actor(
        kind=ActorKind.MEMBER,
        organization_id=organization_id,
        actor_id=user_id,
        label=label,
        role=role,
        permissions=permissions_within(standing, ROLE_PERMISSIONS[role]),
        ip_prefix=ip_prefix,
        request_id=request_id,
        standing=standing,
    )


def viewing_actor(
    *,
    operator_id: UUID,
    organization_id: UUID,
    role: Role,
    label: str,
    ip_prefix: str = "",
    request_id: str = "",
    standing: OrganizationStatus = OrganizationStatus.ACTIVE,
) -> Actor:
    """The actor for an operator who looks at the portal through the eyes of a member with `role`: reading only, no secrets."""
    return Actor(
        kind=ActorKind.OPERATOR,
        organization_id=organization_id,
        actor_id=operator_id,
        label=label,
        role=role,
        permissions=permissions_within(standing, ROLE_PERMISSIONS[role] - SECRET_PERMISSIONS),
        ip_prefix=ip_prefix,
        request_id=request_id,
        standing=standing,
        is_read_only=True,
    )


def system_actor(organization_id: UUID, *, label: str = "system") -> Actor:
    """The actor for scheduled jobs and subscribers: every permission, but only of one organization."""
    return Actor(kind=ActorKind.SYSTEM, organization_id=organization_id, label=label, permissions=frozenset(Permission))


def operator_actor(*, user_id: UUID, organization_id: UUID, label: str, request_id: str = "") -> Actor:
    """The actor for an operator who acts on an organization's behalf through the console."""
    return Actor(
        kind=ActorKind.OPERATOR,
        organization_id=organization_id,
        actor_id=user_id,
        label=label,
        permissions=frozenset(Permission),
        request_id=request_id,
    )
