"""What other apps and the shell may ask partners. Answers are dataclasses or ids, never models.

The first three are doors: they are asked before any scope is open, and read through narrow
`SECURITY DEFINER` functions. Everything else runs inside the asker's scope.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Count, Q

from alliance.kernel.http.requests import MembershipBrief, OrganizationBrief
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import database_alias, require_organization_id
from partners.agreements.lists import ending_soon, waiting_for
from partners.domain.document import canonical_json
from partners.domain.evaluation import Facts, could_cover
from partners.domain.terms import Terms
from partners.domain.timeline import (
    AcceptedVersion,
    AmbiguousTermsError,
    TermsInForce,
    TermsTimeline,
    periods_in_force,
)
from partners.models import (
    Agreement,
    AgreementParty,
    AgreementStatus,
    Alliance,
    AllianceMembership,
    Organization,
    TermsStatus,
    TermsVersion,
    User,
)

__all__ = [
    "AgreementBrief",
    "AgreementsAsking",
    "AllianceBrief",
    "AmbiguousTermsError",
    "FoundInvitation",
    "PartnerBrief",
    "TermsInForce",
    "TermsTimeline",
    "accepted_terms",
    "agreements_asking",
    "agreements_in_force",
    "agreements_of",
    "find_invitation",
    "has_login",
    "hosted_alliances",
    "inactive_among",
    "is_hosting",
    "language_of",
    "memberships_of",
    "organization_names",
    "organization_time_zone",
    "partner_codes",
    "partners_in",
    "terms_in_force",
]


@dataclass(frozen=True, slots=True)
class AllianceBrief:
    """One alliance and its host."""

    id: UUID
    name: str
    host_id: UUID


@dataclass(frozen=True, slots=True)
class PartnerBrief:
    """One organization's place in an alliance."""

    organization_id: UUID
    name: str
    partner_code: str
    is_host: bool


@dataclass(frozen=True, slots=True)
class AgreementBrief:
    """One agreement as lists and other apps need it. `party_ids` in the order of rank."""

    id: UUID
    alliance_id: UUID
    host_id: UUID
    name: str
    currency: str
    time_zone: str
    status: str
    party_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class FoundInvitation:
    """An invitation whose token somebody holds."""

    id: UUID
    organization_id: UUID
    organization_name: str
    email: str
    role: Role
    language: str
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None

    def is_open_at(self, now: datetime) -> bool:
        """Whether the link still works."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at


def _ask(sql: str, *arguments: str | UUID) -> list[tuple[Any, ...]]:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())


def memberships_of(user_id: UUID) -> tuple[MembershipBrief, ...]:
    """The organizations a person is a member of, by name. Needs no scope."""
    rows = _ask(
        "SELECT organization_id, organization_name, organization_kind, time_zone, status, reason, role,"
        " coalesce(requires_second_factor, false), coalesce(requires_single_sign_on, false)"
        " FROM partners_memberships_of(%s) CROSS JOIN LATERAL partners_standing_of(organization_id)"
        " LEFT JOIN partners_access_rules_of(%s) USING (organization_id)"
        " ORDER BY organization_name, organization_id",
        user_id,
        user_id,
    )
    return tuple(
        MembershipBrief(
            OrganizationBrief(UUID(str(id_)), name, kind, zone, OrganizationStatus(status), reason), Role(role), *asked
        )
        for id_, name, kind, zone, status, reason, role, *asked in rows
    )


def find_invitation(token_sha256: str) -> FoundInvitation | None:
    """The invitation whose token has this hash, or `None`. Needs no scope."""
    rows = _ask(
        "SELECT id, organization_id, organization_name, email, role, language, expires_at, accepted_at, revoked_at "
        "FROM partners_find_invitation(%s)",
        token_sha256,
    )
    for row in rows:
        id_, organization_id, name, email, role, language, *instants = row
        return FoundInvitation(id_, organization_id, str(name), str(email), Role(role), str(language), *instants)
    return None


def has_login(email: str) -> bool:
    """Whether somebody signs in with this address. Needs no scope."""
    return User.objects.filter(email=email.lower(), is_active=True).exists()


def language_of(email: str) -> str:
    """The language a person reads, empty when the address or the language is not known. Needs no scope."""
    return User.objects.filter(email=email.lower()).values_list("language", flat=True).first() or ""


def hosted_alliances() -> list[AllianceBrief]:
    """The alliances that the scope's organization hosts or belongs to, hosted ones and older ones first."""
    rows = Alliance.objects.order_by("created_at", "id").values_list("id", "name", "host_id")
    return [AllianceBrief(*row) for row in rows]


def is_hosting() -> bool:
    """Whether the scope's organization hosts an alliance."""
    return Alliance.objects.filter(host_id=require_organization_id()).exists()


def partners_in(*, alliance_id: UUID) -> list[PartnerBrief]:
    """The organizations of an alliance as far as the scope sees them: all for the host, host and itself for a partner."""
    rows = (
        AllianceMembership.objects.filter(alliance_id=alliance_id)
        .select_related("organization")
        .order_by("organization__name", "id")
    )
    return [
        PartnerBrief(m.organization_id, m.organization.name, m.partner_code, m.organization_id == m.host_id)
        for m in rows
    ]


def partner_codes(*, alliance_id: UUID) -> dict[str, UUID]:
    """How the host's files name each partner: code to organization."""
    rows = AllianceMembership.objects.filter(alliance_id=alliance_id).exclude(partner_code="")
    return dict(rows.values_list("partner_code", "organization_id"))


def organization_names(organization_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those of the organizations that the scope may see."""
    return dict(Organization.objects.filter(id__in=set(organization_ids)).values_list("id", "name"))


def inactive_among(organization_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those of the visible organizations that apply, are suspended or have left: nothing is paid to them."""
    rows = Organization.objects.filter(id__in=set(organization_ids)).exclude(status=OrganizationStatus.ACTIVE)
    return frozenset(rows.values_list("id", flat=True))


def organization_time_zone(*, organization_id: UUID) -> str:
    """The IANA zone in which an organization counts its days; UTC for one that the scope does not see."""
    zone = Organization.objects.filter(pk=organization_id).values_list("time_zone", flat=True).first()
    return zone or "UTC"


def _seats(**where: object) -> dict[UUID, tuple[UUID, ...]]:
    seats: dict[UUID, tuple[UUID, ...]] = {}
    for agreement_id, organization_id in (
        AgreementParty.objects.filter(**where)
        .order_by("agreement_id", "rank")
        .values_list("agreement_id", "organization_id")
    ):
        seats[agreement_id] = (*seats.get(agreement_id, ()), organization_id)
    return seats


def agreements_of(*, alliance_id: UUID | None = None, signed_only: bool = False) -> list[AgreementBrief]:
    """The agreements the scope's organization sees, by name; of one alliance when named."""
    agreements = Agreement.objects.order_by("name", "id")
    if alliance_id is not None:
        agreements = agreements.filter(alliance_id=alliance_id)
    if signed_only:
        agreements = agreements.filter(status=AgreementStatus.SIGNED)
    found = list(agreements)
    seats = _seats(agreement_id__in=[a.id for a in found])
    return [
        AgreementBrief(a.id, a.alliance_id, a.host_id, a.name, a.currency, a.time_zone, a.status, seats.get(a.id, ()))
        for a in found
    ]


def _accepted(version: TermsVersion) -> AcceptedVersion:
    terms = version.parsed()
    in_force = TermsInForce(
        agreement_id=version.agreement_id,
        alliance_id=version.agreement.alliance_id,
        version_id=version.id,
        number=version.number,
        terms=terms,
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        party_ids=terms.parties,
        document_sha256=version.document_sha256,
    )
    return AcceptedVersion(in_force, version.end_rule.fallback_number, version.agreement.ends_at)


def _timeline(**where: object) -> TermsTimeline:
    """Every period in which accepted versions bind, in one query."""
    versions = TermsVersion.objects.filter(status=TermsStatus.ACCEPTED, **where).select_related("agreement")
    return TermsTimeline(periods_in_force(_accepted(version) for version in versions))


def accepted_terms(*, alliance_id: UUID) -> TermsTimeline:
    """What binds when under an alliance's agreements that the scope sees: versions, fallbacks, up to each agreement's end."""
    return _timeline(agreement__alliance_id=alliance_id)


def signed_documents(*, agreement_id: UUID, hashes: Collection[str]) -> dict[str, str]:
    """The canonical text of an agreement's accepted versions, by the hash that was signed; SHA-256 of the text is that hash."""
    versions = TermsVersion.objects.filter(
        agreement_id=agreement_id, status=TermsStatus.ACCEPTED, document_sha256__in=list(hashes)
    )
    return {version.document_sha256: canonical_json(version.document) for version in versions}


@dataclass(frozen=True, slots=True)
class SignedTerms:
    """One accepted version, whatever binds now."""

    version_id: UUID
    number: int
    terms: Terms


def signed_terms(*, agreement_id: UUID, hashes: Collection[str]) -> dict[str, SignedTerms]:
    """An agreement's accepted versions by the hash that was signed, also those that a later one has replaced wholly."""
    versions = TermsVersion.objects.filter(
        agreement_id=agreement_id, status=TermsStatus.ACCEPTED, document_sha256__in=list(hashes)
    )
    return {v.document_sha256: SignedTerms(v.id, v.number, v.parsed()) for v in versions}


def terms_in_force(*, agreement_id: UUID, at: datetime) -> TermsInForce | None:
    """The version of one agreement in force at the instant `at`, or `None`."""
    return _timeline(agreement_id=agreement_id).for_agreement(agreement_id, at)


def agreements_in_force(*, alliance_id: UUID, facts: Facts) -> tuple[TermsInForce, ...]:
    """Every version under which a sale of this item by this partner at this time could earn: one of each agreement.

    What else is known of the sale is not asked for. Oldest agreement first; empty for an unknown partner.
    """
    if facts.partner is None:
        return ()
    bound = accepted_terms(alliance_id=alliance_id).all_in_force(partner_id=facts.partner, at=facts.occurred_at)
    fitting = (version for version in bound if could_cover(version.terms, facts))
    return tuple(sorted(fitting, key=lambda version: version.agreement_id))


@dataclass(frozen=True, slots=True)
class AgreementsAsking:
    """How many agreements wait for an organization's signature, and how many end within thirty days."""

    waiting: int
    ending: int


def agreements_asking(*, organization_id: UUID, now: datetime) -> AgreementsAsking:
    """What agreements ask of the scope's organization; the lists behind the figures are those of the agreements page."""
    rows = Agreement.objects.all()
    asking = {"waiting": waiting_for(rows, organization_id), "ending": ending_soon(rows, organization_id, now)}
    counts = {name: Count("pk", filter=Q(pk__in=found.values("pk"))) for name, found in asking.items()}
    return AgreementsAsking(**rows.aggregate(**counts))
