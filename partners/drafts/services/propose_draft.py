"""A draft is proposed to the other parties, and is a draft no more."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.services.counter_propose import counter_propose
from partners.domain.proposal import AgreementFrame, Proposal
from partners.drafts.models import AgreementDraft
from partners.drafts.services.change_draft import locked_draft
from partners.services.accept_agreement import Signature
from partners.services.propose_agreement import ProposedAgreement, propose_agreement
from partners.services.propose_version import propose_version


@dataclass(frozen=True, slots=True)
class DraftProposal:
    """Which state of a draft is proposed, from when to when; with `signature` the proposer signs at once."""

    revision: int
    effective_on: date
    until_on: date | None = None
    signature: Signature | None = None


def propose_draft(*, actor: Actor, draft_id: UUID, wanted: DraftProposal, now: datetime) -> ProposedAgreement:
    """Propose what the draft says and delete it; a refusal leaves it as it is.

    An answer takes the place of the proposal that it answers, as long as that one waits for signatures. Raises
    `NotFoundError`, `NotPermittedError`, `DraftChangedError`, and what `propose_agreement`, `propose_version` and
    `counter_propose` raise.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        draft = locked_draft(draft_id, wanted.revision)
        proposed = _propose(actor, draft, wanted, now)
        draft.delete()
    return proposed


def _propose(actor: Actor, draft: AgreementDraft, wanted: DraftProposal, now: datetime) -> ProposedAgreement:
    proposal = Proposal.of_whole(draft.terms, wanted.effective_on, wanted.until_on)
    if draft.agreement_id is None:
        return propose_agreement(
            actor=actor,
            alliance_id=draft.alliance_id,
            frame=AgreementFrame.of_terms(draft.name, draft.terms),
            proposal=proposal,
            paper=draft.paper,
            signature=wanted.signature,
            now=now,
        )
    if draft.answers is not None and draft.answers.is_open:
        return counter_propose(
            actor=actor,
            version_id=draft.answers.pk,
            proposal=proposal,
            paper=draft.paper,
            signature=wanted.signature,
            now=now,
        )
    return propose_version(
        actor=actor,
        agreement_id=draft.agreement_id,
        proposal=proposal,
        paper=draft.paper,
        signature=wanted.signature,
        now=now,
    )
