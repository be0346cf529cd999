"""A party proposes new terms for an agreement that exists."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.seats import locked_agreement, require_seat, seats_of
from partners.agreements.services.add_version import NewVersion, add_version, checked_terms
from partners.agreements.services.sign_version import Signature
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.supplement import Paper
from partners.models import Agreement
from partners.services.propose_agreement import ProposedAgreement


class AgreementEndedError(DomainError):
    """Nothing more is proposed under an agreement that has ended."""

    code = "agreement_ended"
    sentence = _("This agreement has ended. Propose a new one.")


class OtherPartiesError(InvalidInputError):
    """A version is between the same parties as the agreement."""

    code = "other_parties"
    sentence = _("Name each party of this agreement, and nobody else.")


def propose_version(
    *,
    actor: Actor,
    agreement_id: UUID,
    proposal: Proposal,
    paper: Paper | None = None,
    signature: Signature | None = None,
    now: datetime,
) -> ProposedAgreement:
    """Add a version that waits for every party's signature. Currency, time zone and parties stay the agreement's own.

    Once accepted it ends an open-ended predecessor at its own beginning, and one with an end of its own if it is the one
    in force then now, at the proposal. With `signature` the proposer signs at once. Raises `NotFoundError`,
    `NotPermittedError`, `AgreementEndedError`, `OtherPartiesError`, and what `add_version` raises.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        agreement = locked_agreement(agreement_id)
        require_proposable(actor, agreement, proposal)
        new = NewVersion(proposal, paper or Paper())
        version = add_version(actor=actor, agreement=agreement, new=new, signature=signature, now=now)
    return ProposedAgreement(agreement.id, version.id, version.document_sha256)


def require_proposable(actor: Actor, agreement: Agreement, proposal: Proposal) -> None:
    """Refuse a proposal under an ended agreement, by or between others than its parties; for those who propose."""
    if agreement.is_ended:
        raise AgreementEndedError
    require_seat(actor, agreement)
    terms = checked_terms(proposal, AgreementFrame(agreement.name, agreement.currency, agreement.time_zone))
    if set(terms.parties) != set(seats_of(agreement.id)):
        raise OtherPartiesError(field=proposal.parties_field)
