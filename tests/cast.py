"""The fixed cast: a host, partner north, partner south and a stranger; owner, manager, finance and viewer of each.

Plain builder functions over the real services. They work inside the `db` fixture's transaction and with
`committed`. Each opens the scopes it needs, so call them outside any `organization_scope`.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import count
from uuid import UUID, uuid4

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.hashers import make_password
from django.test import Client

from alliance.kernel.actor import Actor, member_actor, system_actor
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.supplement import Paper
from partners.domain.terms import RemainderPolicy
from partners.models import Member, OrganizationKind, User
from partners.services.accept_agreement import Signature, accept_agreement
from partners.services.add_partner import add_partner
from partners.services.create_organization import NewOrganization, create_organization
from partners.services.open_alliance import open_alliance
from partners.services.propose_agreement import propose_agreement
from tests.prepared import Prepared

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
PASSWORD = "correct horse battery staple"
_STAFF = (Role.MANAGER, Role.FINANCE, Role.VIEWER)
_numbers = count(1)


@dataclass(frozen=True)
class Party:
    """One organization and the people built for it."""

    id: UUID
    name: str
    kind: OrganizationKind
    time_zone: str
    members: dict[Role, User] = field(default_factory=dict)

    def user(self, role: Role) -> User:
        """The first member with this role, built when missing."""
        return self.members.get(role) or member_of(self, role)

    def actor(self, role: Role = Role.OWNER, *, has_second_factor: bool = True) -> Actor:
        """The member with this role, acting."""
        user = self.user(role)
        actor = member_actor(
            user_id=user.pk,
            organization_id=self.id,
            role=role,
            label=str(user),
            ip_prefix="192.0.2.0/24",
            request_id="test",
        )
        return replace(actor, has_second_factor=has_second_factor)

    @property
    def system(self) -> Actor:
        """The system acting for this organization."""
        return system_actor(self.id)

    @property
    def owner(self) -> User:
        return self.user(Role.OWNER)

    @property
    def manager(self) -> User:
        return self.user(Role.MANAGER)

    @property
    def finance(self) -> User:
        return self.user(Role.FINANCE)

    @property
    def viewer(self) -> User:
        return self.user(Role.VIEWER)


@dataclass(frozen=True)
class AllianceOf:
    """An alliance and its host."""

    id: UUID
    host: Party


@dataclass(frozen=True)
class AgreementOf:
    """An agreement with one version; `parties` in the order of rank."""

    id: UUID
    version_id: UUID
    document_sha256: str
    alliance: AllianceOf
    parties: tuple[Party, ...]


@dataclass(frozen=True)
class Cast:
    """Everybody. `agreement` is signed by host and north, 60/40, open-ended from long ago; south has none."""

    host: Party
    north: Party
    south: Party
    stranger: Party
    alliance: AllianceOf
    agreement: AgreementOf


def person(*, email: str | None = None, name: str | None = None, password: str | None = None) -> User:
    """A person with a login; addresses are unique. Without `password` they sign in by `signed_in` only."""
    user = _newcomer(email=email, name=name)
    if password is not None:
        user.set_password(password)
    user.save()
    return user


def _newcomer(*, email: str | None = None, name: str | None = None) -> User:
    number = next(_numbers)
    address = email or f"person-{number}-{uuid4().hex[:12]}@example.org"
    return User(email=address.lower(), full_name=name or f"Person {number}", password=make_password(None))


def _organization(kind: OrganizationKind, name: str, time_zone: str) -> Party:
    party = Party(new_id(), name, kind, time_zone)
    owner = person(name=f"{name} owner")
    with organization_scope(party.id):
        create_organization(
            actor=party.system,
            organization=NewOrganization(name, kind, time_zone=time_zone),
            owner_id=owner.pk,
            now=NOW,
        )
    party.members[Role.OWNER] = owner
    return party


def host_organization(*, name: str = "Lectern", time_zone: str = "UTC") -> Party:
    """A host with its owner."""
    return _organization(OrganizationKind.HOST, name, time_zone)


def partner_organization(*, name: str = "Partner", time_zone: str = "UTC") -> Party:
    """A partner with its owner; in no alliance yet."""
    return _organization(OrganizationKind.PARTNER, name, time_zone)


def member_of(
    party: Party, role: Role, *, email: str | None = None, name: str | None = None, password: str | None = None
) -> User:
    """One more member with this role."""
    user = person(email=email, name=name or f"{party.name} {role}", password=password)
    with organization_scope(party.id):
        Member.objects.create(organization_id=party.id, user=user, role=role, joined_at=NOW)
    party.members.setdefault(role, user)
    return user


def alliance_of(host: Party, *, name: str = "The alliance") -> AllianceOf:
    """An alliance that `host` opened."""
    with organization_scope(host.id):
        return AllianceOf(open_alliance(actor=host.system, name=name, now=NOW), host)


def join(alliance: AllianceOf, partner: Party, *, code: str = "") -> UUID:
    """The host takes `partner` in; the membership's id."""
    with organization_scope(alliance.host.id):
        return add_partner(
            actor=alliance.host.system, alliance_id=alliance.id, organization_id=partner.id, partner_code=code, now=NOW
        )


def proposed_agreement(
    alliance: AllianceOf,
    shares: Sequence[tuple[Party, Fraction | str]],
    *,
    currency: str = "EUR",
    time_zone: str = "UTC",
    effective_from: date = LONG_AGO,
    effective_to: date | None = None,
    remainder: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER,
    name: str = "Revenue split",
    proposer: Party | None = None,
    paper: Paper | None = None,
) -> AgreementOf:
    """An agreement that waits for everybody's signature; proposed by the first party unless said otherwise."""
    parties = tuple(party for party, _ in shares)
    proposing = proposer or parties[0]
    proposal = Proposal(
        tuple((party.id, str(share)) for party, share in shares), effective_from, effective_to, remainder
    )
    with organization_scope(proposing.id):
        proposed = propose_agreement(
            actor=proposing.system,
            alliance_id=alliance.id,
            frame=AgreementFrame(name, currency, time_zone),
            proposal=proposal,
            paper=paper,
            now=NOW,
        )
    return AgreementOf(proposed.agreement_id, proposed.version_id, proposed.document_sha256, alliance, parties)


def accept(agreement: AgreementOf, party: Party, *, now: datetime = NOW) -> bool:
    """`party`'s owner signs; `True` when that was the last signature."""
    actor = party.actor()
    with organization_scope(party.id):
        return accept_agreement(
            actor=actor,
            version_id=agreement.version_id,
            document_sha256=agreement.document_sha256,
            signature=Signature(name=actor.label, language="en"),
            now=now,
        )


def signed_agreement(
    alliance: AllianceOf,
    shares: Sequence[tuple[Party, Fraction | str]],
    *,
    currency: str = "EUR",
    time_zone: str = "UTC",
    effective_from: date = LONG_AGO,
    effective_to: date | None = None,
    remainder: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER,
    name: str = "Revenue split",
    paper: Paper | None = None,
) -> AgreementOf:
    """An agreement that every party has signed: in force from the local day `effective_from` to `effective_to`."""
    agreement = proposed_agreement(
        alliance,
        shares,
        currency=currency,
        time_zone=time_zone,
        effective_from=effective_from,
        effective_to=effective_to,
        remainder=remainder,
        name=name,
        paper=paper,
    )
    for party in agreement.parties:
        accept(agreement, party)
    return agreement


def agreement_on(
    alliance: AllianceOf,
    parties: Sequence[Party],
    terms: Mapping[str, object],
    *,
    effective_from: date = LONG_AGO,
    effective_to: date | None = None,
    name: str = "Terms",
) -> AgreementOf:
    """An agreement on whole terms, as JSON, that every party has signed; the parties in the order of rank."""
    whole = {"schema": 2, "currency": "EUR", "time_zone": "UTC", "parties": [str(p.id) for p in parties], **terms}
    with organization_scope(parties[0].id):
        proposed = propose_agreement(
            actor=parties[0].system,
            alliance_id=alliance.id,
            frame=AgreementFrame.of_terms(name, whole),
            proposal=Proposal.of_whole(whole, effective_from, effective_to),
            now=NOW,
        )
    agreement = AgreementOf(
        proposed.agreement_id, proposed.version_id, proposed.document_sha256, alliance, tuple(parties)
    )
    for party in parties:
        accept(agreement, party)
    return agreement


def _staff(*parties: Party) -> None:
    """Manager, finance and viewer for each, in as few statements as possible: most tests begin with this."""
    for party in parties:
        party.members.update((role, _newcomer(name=f"{party.name} {role}")) for role in _STAFF)
    User.objects.bulk_create(party.members[role] for party in parties for role in _STAFF)
    for party in parties:
        with organization_scope(party.id):
            Member.objects.bulk_create(
                Member(organization_id=party.id, user=party.members[role], role=role, joined_at=NOW) for role in _STAFF
            )


def _build(currency: str, time_zone: str) -> Cast:
    host = host_organization(name="Lectern", time_zone=time_zone)
    north = partner_organization(name="North Fitness", time_zone=time_zone)
    south = partner_organization(name="South Motors", time_zone=time_zone)
    stranger = partner_organization(name="Stranger Travel", time_zone=time_zone)
    _staff(host, north, south, stranger)
    alliance = alliance_of(host)
    join(alliance, north, code="north")
    join(alliance, south, code="south")
    shares = [(host, Fraction(3, 5)), (north, Fraction(2, 5))]
    agreement = signed_agreement(alliance, shares, currency=currency, time_zone=time_zone)
    return Cast(host, north, south, stranger, alliance, agreement)


PREPARED = Prepared(lambda: _build("EUR", "UTC"))


def full_cast(*, currency: str = "EUR", time_zone: str = "UTC") -> Cast:
    """Everybody with owner, manager, finance and viewer; the alliance; and the agreement of host and north.

    Most tests begin with this, so the usual one is prepared once and costs a `db` test next to nothing.
    """
    usual = PREPARED.take() if (currency, time_zone) == ("EUR", "UTC") else None
    return usual or _build(currency, time_zone)


def signed_in(
    user: User, *, organization: Party | None = None, client: Client | None = None, second_factor: bool = False
) -> Client:
    """A test client with this person signed in, in `organization` when they belong to several; with a second factor if asked."""
    client = client or Client()
    client.force_login(user)
    if second_factor:
        _give_second_factor(client, user)
    if organization is not None:
        session = client.session
        session["organization_id"] = str(organization.id)
        session.save()
    return client


def second_factor_of(user: User) -> Authenticator:
    """The person's authenticator app, set up when missing."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return found or TOTP.activate(user, generate_totp_secret()).instance


def _give_second_factor(client: Client, user: User) -> None:
    factor = second_factor_of(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "id": factor.pk, "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
