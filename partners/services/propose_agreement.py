"""A member proposes an agreement to the other parties."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import FieldRefusal, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.domain.document import VersionDocument
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.terms import Terms, TermsError, TermsProblem
from partners.models import Agreement, AgreementParty, Alliance, AllianceMembership, TermsVersion
from partners.sentences.problems import problem_sentence
from partners.services.accept_agreement import Signature, sign_version


class ImpossibleTermsError(InvalidInputError):
    """The terms can't be; `refusals` names each input with its reason."""

    code = "impossible_terms"
    sentence = _("These terms are not possible.")

    @classmethod
    def of(cls, problems: Sequence[TermsProblem]) -> "ImpossibleTermsError":
        """A sentence for each problem; the only one speaks for the whole."""
        refusals = [FieldRefusal(problem.field, problem.code, problem_sentence(problem)) for problem in problems]
        only = refusals[0].sentence if len(refusals) == 1 else None
        return cls(only, field=refusals[0].field, refusals=refusals)


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
    signature: Signature | None = None,
    now: datetime,
) -> ProposedAgreement:
    """Create an agreement with its first version, which then waits for every party's signature.

    With `signature` the proposer signs at once. Raises `NotFoundError`, `NotPermittedError`, `ImpossibleTermsError`,
    `NotInAllianceError`, `ProposerNotPartyError`, `AgreementNameMissingError`.
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
        version = add_version(actor=actor, agreement=agreement, number=1, proposal=proposal, now=now)
        if signature is not None:
            sign_version(actor=actor, version=version, signature=signature, now=now)
    return ProposedAgreement(agreement.id, version.id, version.document_sha256)


def checked_terms(proposal: Proposal, frame: AgreementFrame) -> Terms:
    """The exact terms of a proposal; raises `ImpossibleTermsError` that names every input and its reason."""
    wrong_days = proposal.period_problems()
    try:
        terms = proposal.terms(frame)
    except TermsError as error:
        raise ImpossibleTermsError.of([*error.problems, *wrong_days]) from error
    if wrong_days:
        raise ImpossibleTermsError.of(wrong_days)
    return terms


def add_version(*, actor: Actor, agreement: Agreement, number: int, proposal: Proposal, now: datetime) -> TermsVersion:
    """Write one proposed version for this service and `propose_version`."""
    frame = AgreementFrame(agreement.name, agreement.currency, agreement.time_zone)
    effective_from, effective_to = proposal.instants(frame.time_zone)
    document = VersionDocument(
        agreement_id=agreement.id,
        name=agreement.name,
        number=number,
        terms=checked_terms(proposal, frame),
        effective_from=effective_from,
        effective_to=effective_to,
    )
    version = TermsVersion.objects.create(
        agreement=agreement,
        number=number,
        document=document.to_json(),
        document_sha256=document.sha256,
        effective_from=effective_from,
        effective_to=effective_to,
        proposed_by_id=actor.organization_id,
        created_at=now,
    )
    audit.record(actor, "agreement.proposed", version, now=now, after=document.to_json())
    return version


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
