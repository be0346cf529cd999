"""A party proposes new terms for an agreement that exists."""

from datetime import datetime
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.domain.proposal import AgreementFrame, Proposal
from partners.models import Agreement, AgreementParty, AgreementStatus, TermsVersion
from partners.services.accept_agreement import Signature, sign_version
from partners.services.propose_agreement import ProposedAgreement, add_version, checked_terms


class AgreementEndedError(DomainError):
    """Nothing more is proposed under an agreement that has ended."""

    code = "agreement_ended"
    sentence = _("This agreement has ended. Propose a new one.")


class OtherPartiesError(InvalidInputError):
    """A version is between the same parties as the agreement."""

    code = "other_parties"
    sentence = _("Name each party of this agreement, and nobody else.")


def propose_version(
    *, actor: Actor, agreement_id: UUID, proposal: Proposal, signature: Signature | None = None, now: datetime
) -> ProposedAgreement:
    """Add a version that waits for every party's signature. Currency, time zone and parties stay the agreement's own.

    Once accepted it ends an open-ended predecessor at its own beginning. With `signature` the proposer signs at once.
    Raises `NotFoundError`, `NotPermittedError`, `AgreementEndedError`, `ImpossibleTermsError`, `OtherPartiesError`.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        agreement = Agreement.objects.select_for_update().filter(pk=agreement_id).first()
        if agreement is None:
            raise NotFoundError
        if agreement.status == AgreementStatus.ENDED:
            raise AgreementEndedError
        _require_same_parties(actor, agreement, proposal)
        latest = TermsVersion.objects.filter(agreement=agreement).aggregate(number=Max("number"))["number"] or 0
        version = add_version(actor=actor, agreement=agreement, number=latest + 1, proposal=proposal, now=now)
        if signature is not None:
            sign_version(actor=actor, version=version, signature=signature, now=now)
    return ProposedAgreement(agreement.id, version.id, version.document_sha256)


def _require_same_parties(actor: Actor, agreement: Agreement, proposal: Proposal) -> None:
    seats = set(AgreementParty.objects.filter(agreement=agreement).values_list("organization_id", flat=True))
    if actor.organization_id not in seats:
        raise NotPermittedError(_("Only the parties of an agreement propose its terms."))
    terms = checked_terms(proposal, AgreementFrame(agreement.name, agreement.currency, agreement.time_zone))
    if set(terms.parties) != seats:
        raise OtherPartiesError(field=proposal.parties_field)
