"""The one decision of both doors, portal and session-API: which organization a signed-in person enters, and as whom.

An organization may ask for more than signing in. What is missing is the `barrier`; behind it nothing of the
organization is reached, whatever the view.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from structlog.contextvars import get_contextvars

from alliance.kernel.actor import Actor, SecondFactorRequiredError, member_actor, viewing_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotPermittedError
from alliance.kernel.http.network import client_network
from alliance.kernel.http.requests import ORGANIZATION_SESSION_KEY, MembershipBrief, ViewingBrief
from alliance.kernel.permissions import Role
from partners.access.domain import device_of
from partners.access.proofs import has_given_second_factor, is_own_sign_in, vouching_organizations
from partners.access.selectors import find_viewing
from partners.access.services.touch_session import touch_session
from partners.models import Session, User
from partners.selectors import memberships_of

VIEWING_SESSION_KEY: Final = "viewing"
NOTED_EVERY: Final = timedelta(minutes=5)


class OrganizationNeedsSecondFactorError(SecondFactorRequiredError):
    """The organization opens only to people who gave a second factor."""

    sentence = _(
        "This organization asks every member for a second factor. Set one up under Two-factor authentication in your "
        "account, or sign in with it again."
    )


class SingleSignOnRequiredError(NotPermittedError):
    """The organization opens only to people whom its own identity provider vouches for."""

    code = "single_sign_on_required"
    sentence = _("This organization asks its members to sign in through its own identity provider.")


class OwnSignInRequiredError(NotPermittedError):
    """Another organization vouched for the person; this one did not ask for its word."""

    code = "own_sign_in_required"
    sentence = _(
        "You signed in through another organization, which opens only that one. Sign in with your own password or "
        "passkey to come in here."
    )


class ViewingIsReadOnlyError(NotPermittedError):
    """An operator who looks through a member's eyes changes nothing."""

    code = "viewing_is_read_only"
    sentence = _("You are looking at the portal as a member: you can read, and nothing can be changed.")


@dataclass(frozen=True, slots=True)
class Admission:
    """Where the person stands. Without an actor nothing of `membership`'s organization is shown."""

    memberships: tuple[MembershipBrief, ...] = ()
    membership: MembershipBrief | None = None
    actor: Actor | None = None
    barrier: DomainError | None = None
    viewing: ViewingBrief | None = None


def admit(request: HttpRequest) -> Admission:
    """What the signed-in person, or an operator looking through a member's eyes, enters with this request."""
    user = request.user
    if not isinstance(user, User):
        return Admission()
    _note_use(request, utc_now())
    if (viewing := viewing_of(request, user)) is not None:
        actor = _viewing_actor(request, user, viewing)
        return Admission((), viewing.membership, actor, None, viewing)
    memberships = memberships_of(user.pk)
    membership = _chosen(request, memberships)
    if membership is None:
        return Admission(memberships)
    has_factor = has_given_second_factor(request)
    if (barrier := _barrier(request, membership, has_second_factor=has_factor)) is not None:
        return Admission(memberships, membership, None, barrier)
    return Admission(memberships, membership, _member_actor(request, user, membership, has_second_factor=has_factor))


def is_viewing(request: HttpRequest) -> bool:
    """Whether this is an operator who looks through a member's eyes at this moment."""
    user = request.user if VIEWING_SESSION_KEY in request.session else None
    return isinstance(user, User) and viewing_of(request, user) is not None


def viewing_of(request: HttpRequest, user: User) -> ViewingBrief | None:
    """The view that this operator's session is in; one that is over is forgotten."""
    if (viewing_id := request.session.get(VIEWING_SESSION_KEY)) is None:
        return None
    found = find_viewing(str(viewing_id), user.pk) if user.is_staff else None
    if found is None or found[1] or found[0].expires_at <= utc_now():
        del request.session[VIEWING_SESSION_KEY]
        return None
    return found[0]


def _chosen(request: HttpRequest, memberships: tuple[MembershipBrief, ...]) -> MembershipBrief | None:
    wanted = request.session.get(ORGANIZATION_SESSION_KEY)
    chosen = (membership for membership in memberships if str(membership.organization.id) == wanted)
    return next(chosen, memberships[0] if memberships else None)


def _barrier(request: HttpRequest, membership: MembershipBrief, *, has_second_factor: bool) -> DomainError | None:
    is_vouched = membership.organization.id in vouching_organizations(request)
    is_own = is_own_sign_in(request)
    if not is_vouched and not is_own:
        return OwnSignInRequiredError()
    if membership.requires_single_sign_on and not is_vouched:
        is_break_glass = membership.role is Role.OWNER and has_second_factor  # or nobody could mend a broken provider
        if not is_break_glass:
            return SingleSignOnRequiredError()
    if membership.requires_second_factor and not has_second_factor:
        return OrganizationNeedsSecondFactorError()
    return None


def _member_actor(request: HttpRequest, user: User, membership: MembershipBrief, *, has_second_factor: bool) -> Actor:
    actor = member_actor(
        user_id=user.pk,
        organization_id=membership.organization.id,
        role=membership.role,
        label=str(user),
        ip_prefix=client_network(request),
        request_id=_request_id(),
        standing=membership.organization.status,
    )
    return replace(actor, has_second_factor=has_second_factor)


def _viewing_actor(request: HttpRequest, user: User, viewing: ViewingBrief) -> Actor:
    return viewing_actor(
        operator_id=user.pk,
        organization_id=viewing.membership.organization.id,
        role=viewing.membership.role,
        label=str(user),
        ip_prefix=client_network(request),
        request_id=_request_id(),
        standing=viewing.membership.organization.status,
    )


def _request_id() -> str:
    return str(get_contextvars().get("request_id", ""))


def _note_use(request: HttpRequest, now: datetime) -> None:
    """Keep what the list of sessions shows no older than `NOTED_EVERY`."""
    row: Session | None = getattr(request.session, "row", None)
    if row is None or (row.last_seen_at is not None and now - row.last_seen_at < NOTED_EVERY):
        return
    device = device_of(request.headers.get("User-Agent", ""))
    touch_session(session_key=row.session_key, device=device, ip_prefix=client_network(request), now=now)
