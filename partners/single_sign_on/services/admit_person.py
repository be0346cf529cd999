"""A person whom the organization's identity provider vouches for comes in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import member_actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus, require_open
from alliance.kernel.tenancy import atomic
from partners.events import MemberJoined
from partners.models import IdentityProvider, Invitation, Member, Organization, ProviderIdentity, User
from partners.services.accept_invitation import accept_invitation
from partners.single_sign_on.domain import VouchedPerson, domain_of
from partners.single_sign_on.selectors import verified_domains


class AddressOutsideDomainsError(NotPermittedError):
    """The provider speaks of an address that is not the organization's to speak of."""

    code = "address_outside_domains"
    sentence = _("Your address is not in a domain that this organization has verified.")


class OtherIdentityError(NotPermittedError):
    """The address, or the identity, belongs to a member whom the provider names differently."""

    code = "other_identity"
    sentence = _(
        "Your identity provider names you differently than before. Ask an owner of your organization to remove you and "
        "invite you again."
    )


class NotInvitedError(NotPermittedError):
    """The organization takes in nobody whom it has not invited."""

    code = "not_invited"
    sentence = _("You are not a member of this organization. Ask one of its owners or managers to invite you.")


class LoginClosedError(NotPermittedError):
    """The login has been closed by an operator."""

    code = "login_closed"
    sentence = _("This login is closed.")


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the provider said, and where the browser was when it said so."""

    provider_id: UUID
    person: VouchedPerson
    ip_prefix: str = ""
    language: str = ""


def admit_person(*, organization_id: UUID, vouched: Vouched, now: datetime) -> UUID:
    """The login of the vouched-for person, a member from now on at the latest; runs in the organization's scope.

    Known by the provider's own name for them, whatever their address has become. New to the provider: the member, or the
    invited, with this address, in the invited role; else a viewer, where the organization takes such people in. A login
    is made where there is none. Raises `AddressOutsideDomainsError`, `OtherIdentityError`, `NotInvitedError`,
    `LoginClosedError`, `OrganizationSuspendedError`, `OrganizationOffboardedError`.
    """
    with atomic():
        Organization.objects.select_for_update().get(pk=organization_id)
        if domain_of(vouched.person.email) not in verified_domains():
            raise AddressOutsideDomainsError
        identity = _known(vouched)
        member = identity.member if identity else _newly_known(organization_id, vouched, now)
        if not member.user.is_active:
            raise LoginClosedError
    return member.user_id


def _known(vouched: Vouched) -> ProviderIdentity | None:
    identities = ProviderIdentity.objects.select_related("member__user")
    return identities.filter(provider_id=vouched.provider_id, subject=vouched.person.subject).first()


def _newly_known(organization_id: UUID, vouched: Vouched, now: datetime) -> Member:
    """The member behind an identity that is new, and the identity kept."""
    user = User.objects.filter(email=vouched.person.email).first()
    member = Member.objects.select_related("user").filter(user=user).first() if user else None
    if member is not None and ProviderIdentity.objects.filter(member=member).exists():
        raise OtherIdentityError
    member = member or _joined(organization_id, user, vouched, now)
    _prove_address(member.user)
    ProviderIdentity.objects.create(
        organization_id=organization_id,
        provider_id=vouched.provider_id,
        member=member,
        subject=vouched.person.subject,
        created_at=now,
    )
    return member


def _joined(organization_id: UUID, user: User | None, vouched: Vouched, now: datetime) -> Member:
    """A new member: as invited, or as a viewer."""
    require_open(OrganizationStatus(Organization.objects.get(pk=organization_id).status))
    invitation = _open_invitation(vouched.person.email, now)
    takes_in = IdentityProvider.objects.filter(pk=vouched.provider_id, creates_members=True).exists()
    if invitation is None and not takes_in:
        raise NotInvitedError
    user = user or _new_login(vouched)
    if invitation is not None:
        accept_invitation(invitation_id=invitation.pk, user_id=user.pk, ip_prefix=vouched.ip_prefix, now=now)
        return Member.objects.select_related("user").get(user=user)
    member = Member.objects.create(organization_id=organization_id, user=user, role=Role.VIEWER, joined_at=now)
    actor = member_actor(
        user_id=user.pk,
        organization_id=organization_id,
        role=Role.VIEWER,
        label=str(user),
        ip_prefix=vouched.ip_prefix,
    )
    audit.record(actor, "member.joined", member, now=now, after={"role": member.role, "by": "single_sign_on"})
    publish(MemberJoined(member_id=str(member.id), role=str(member.role)), now=now)
    return member


def _open_invitation(email: str, now: datetime) -> Invitation | None:
    invitations = Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None, expires_at__gt=now)
    return invitations.first()


def _new_login(vouched: Vouched) -> User:
    """A login without a password."""
    person = vouched.person
    return User.objects.create_user(person.email, full_name=person.name, language=vouched.language)


def _prove_address(user: User) -> None:
    """The provider that answers for the domain proves the address. A password chosen by whoever did not is void."""
    if EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists():
        return
    user.set_unusable_password()
    user.save(update_fields=["password"])
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
