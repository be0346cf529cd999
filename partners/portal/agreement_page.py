"""What the page of an agreement shows, gathered once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor, ActorKind
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission, Role
from partners.models import Acceptance, Agreement, AgreementStatus, Organization, TermsVersion
from partners.sentences import Section, sections_of
from partners.sentences.wording import exact_share

_ROLES = {
    **{role.value: role.label for role in Role},
    ActorKind.API_KEY.value: _("API key"),
    ActorKind.OPERATOR.value: _("Operator"),
    ActorKind.SYSTEM.value: _("System"),
}


@dataclass(frozen=True, slots=True)
class ShareLine:
    """One party and its exact share."""

    party: str
    share: str
    percent_of_bar: int


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One party and its signature, if it has signed."""

    party: str
    acceptance: Acceptance | None
    role: str


@dataclass(frozen=True, slots=True)
class OtherLanguage:
    """The sentences once more, for readers of another language."""

    code: str
    name: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class VersionPage:
    """One version as people read it. `waiting_for` names the parties without a signature."""

    version: TermsVersion
    proposer: str
    withdrawer: str
    sections: tuple[Section, ...]
    other_languages: tuple[OtherLanguage, ...]
    shares: tuple[ShareLine, ...]
    signatures: tuple[SignatureLine, ...]
    waiting_for: tuple[str, ...]
    signed_until: datetime | None
    is_mine_to_sign: bool
    is_own_proposal: bool
    may_sign: bool
    may_withdraw: bool
    may_decline: bool


@dataclass(frozen=True, slots=True)
class AgreementPage:
    """One agreement with all its versions, newest first, and those that ask for something."""

    agreement: Agreement
    parties: tuple[str, ...]
    versions: tuple[VersionPage, ...]
    may_amend: bool

    @property
    def open_versions(self) -> list[VersionPage]:
        """Versions that collect signatures."""
        return [page for page in self.versions if page.version.is_open]

    @property
    def to_sign(self) -> list[VersionPage]:
        """Versions that wait for this organization."""
        return [page for page in self.open_versions if page.is_mine_to_sign]


def agreement_page(agreement_id: UUID, *, actor: Actor, language: str) -> AgreementPage:
    """Everything the page shows; raises `NotFoundError` for another's agreement."""
    agreement = Agreement.objects.select_related("alliance", "host", "proposed_by").filter(pk=agreement_id).first()
    if agreement is None:
        raise NotFoundError
    seats = list(agreement.seats.select_related("organization").order_by("rank"))
    versions = agreement.versions.prefetch_related("acceptances").order_by("-number")
    names = _names(agreement)
    is_party = any(seat.organization_id == actor.organization_id for seat in seats)
    return AgreementPage(
        agreement=agreement,
        parties=tuple(seat.organization.name for seat in seats),
        versions=tuple(_version_page(version, names, actor, language) for version in versions),
        may_amend=is_party and actor.can(Permission.AGREEMENT_PROPOSE) and agreement.status != AgreementStatus.ENDED,
    )


def version_page(version: TermsVersion, *, actor: Actor, language: str) -> VersionPage:
    """One version by itself."""
    return _version_page(version, _names(version.agreement), actor, language)


def _names(agreement: Agreement) -> dict[UUID, str]:
    return dict(Organization.objects.filter(id__in=agreement.parties).values_list("id", "name"))


def _version_page(version: TermsVersion, names: Mapping[UUID, str], actor: Actor, language: str) -> VersionPage:
    terms = version.parsed()
    signed = {acceptance.organization_id: acceptance for acceptance in version.acceptances.all()}
    parties = terms.parties
    is_party = actor.organization_id in parties
    is_mine_to_sign = version.is_open and is_party and actor.organization_id not in signed
    is_own = version.proposed_by_id == actor.organization_id
    may_answer = version.is_open and is_party and actor.can(Permission.AGREEMENT_PROPOSE)
    until = version.document["effective_to"]
    return VersionPage(
        version=version,
        proposer=names.get(version.proposed_by_id, ""),
        withdrawer=names.get(version.closed_by_id, "") if version.closed_by_id else "",
        sections=sections_of(version, names, language=language),
        other_languages=_other_languages(version, names, language),
        shares=tuple(
            ShareLine(names.get(share.party, ""), exact_share(share.share), round(share.share * 100))
            for share in terms.plain_shares or ()
        ),
        signatures=tuple(_signature(names.get(party, ""), signed.get(party)) for party in parties),
        waiting_for=tuple(names.get(party, "") for party in parties if party not in signed),
        signed_until=datetime.fromisoformat(until) if until else None,
        is_mine_to_sign=is_mine_to_sign,
        is_own_proposal=is_own,
        may_sign=is_mine_to_sign and actor.can(Permission.AGREEMENT_ACCEPT),
        may_withdraw=may_answer and is_own,
        may_decline=may_answer and not is_own,
    )


def _signature(party: str, acceptance: Acceptance | None) -> SignatureLine:
    role = acceptance.signer_role if acceptance else ""
    return SignatureLine(party, acceptance, str(_ROLES.get(role, role)))


def _other_languages(version: TermsVersion, names: Mapping[UUID, str], language: str) -> tuple[OtherLanguage, ...]:
    return tuple(
        OtherLanguage(
            code, translation.get_language_info(code)["name_local"], sections_of(version, names, language=code)
        )
        for code, _own_name in settings.LANGUAGES
        if code != language
    )
