"""A member proposes an agreement to the other parties."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.services.add_version import ImpossibleTermsError, NewVersion, add_version, checked_terms
from partners.agreements.services.sign_version import Signature
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.supplement import Paper
from partners.domain.terms import Terms
from partners.models import Agreement, AgreementParty, Alliance, AllianceMembership

__all__ = [
    "AgreementNameMissingError",
    "ImpossibleTermsError",
    "NotInAllianceError",
    "ProposedAgreement",
    "ProposerNotPartyError",
    "propose_agreement",
]


class NotInAllianceError(InvalidInputError):
    """A party that is not in the alliance, as far as the proposer can see."""

    code = "not_in_alliance"
    sentence = _("Every party is a member of this alliance.")


class ProposerNotPartyError(InvalidInputError):
    """Nobody proposes an agreement between others."""

    code = "proposer_not_party"
    sentence = _("Your own organization is one of the parties.")


class AgreementNameMissingError(InvalidInputError):
    """An agreement has a name."""

    code = "agreement_name_missing"
    sentence = _("Give the agreement a name.")


@dataclass(frozen=True, slots=True)
class ProposedAgreement:
    """The ids of the new agreement, its first version, and the version's content hash."""

    agreement_id: UUID
    version_id: UUID
    document_sha256: str


def propose_agreement(
    *,
    actor: Actor,
    alliance_id: UUID,
    frame: AgreementFrame,
    proposal: Proposal,
    paper: Paper | None = None,
    signature: Signature | None = None,
    now: datetime,
) -> ProposedAgreement:
    """Create an agreement with its first version, which then waits for every party's signature.

    `paper` is what is signed beside the terms. With `signature` the proposer signs at once. Raises `NotFoundError`,
    `NotPermittedError`, `ImpossibleTermsError`, `NotInAllianceError`, `ProposerNotPartyError`,
    `AgreementNameMissingError`, and what `add_version` raises.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        alliance = Alliance.objects.filter(pk=alliance_id).first()
        if alliance is None:
            raise NotFoundError
        if not frame.name.strip():
            raise AgreementNameMissingError(field="name")
        terms = checked_terms(proposal, frame)
        _require_parties(actor, alliance, terms, proposal.parties_field)
        agreement = _create_agreement(actor, alliance, frame, terms, now)
        new = NewVersion(proposal, paper or Paper())
        version = add_version(actor=actor, agreement=agreement, new=new, signature=signature, now=now)
    return ProposedAgreement(agreement.id, version.id, version.document_sha256)


def _require_parties(actor: Actor, alliance: Alliance, terms: Terms, field: str) -> None:
    party_ids = set(terms.parties)
    if actor.organization_id not in party_ids:
        raise ProposerNotPartyError(field=field)
    members = AllianceMembership.objects.filter(alliance=alliance, organization_id__in=party_ids)
    if members.count() != len(party_ids):
        raise NotInAllianceError(field=field)


def _create_agreement(
    actor: Actor, alliance: Alliance, frame: AgreementFrame, terms: Terms, now: datetime
) -> Agreement:
    agreement = Agreement.objects.create(
        alliance=alliance,
        host_id=alliance.host_id,
        proposed_by_id=actor.organization_id,
        name=frame.name.strip(),
        currency=frame.currency,
        time_zone=frame.time_zone,
        created_at=now,
    )
    for rank, party_id in enumerate(terms.parties):
        AgreementParty.objects.create(agreement=agreement, alliance=alliance, organization_id=party_id, rank=rank)
    return agreement
