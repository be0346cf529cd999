"""A party answers a proposal with a changed one."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named
from partners.agreements.seats import locked_version
from partners.agreements.services.add_version import NewVersion, add_version
from partners.agreements.services.sign_version import Signature
from partners.agreements.services.tell_parties import tell_parties
from partners.domain.proposal import Proposal
from partners.domain.supplement import Paper
from partners.events import VersionReplaced
from partners.models import TermsStatus, TermsVersion
from partners.services.accept_agreement import VersionClosedError
from partners.services.propose_agreement import ProposedAgreement
from partners.services.propose_version import require_proposable


def counter_propose(
    *,
    actor: Actor,
    version_id: UUID,
    proposal: Proposal,
    paper: Paper | None = None,
    signature: Signature | None = None,
    now: datetime,
) -> ProposedAgreement:
    """Propose another version in the place of one that waits for signatures, which nobody can sign any more.

    Every party may, the proposer too. No signature is carried over. Raises `NotFoundError`, `NotPermittedError`,
    `VersionClosedError`, `AgreementEndedError`, `OtherPartiesError`, and what `add_version` raises.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        answered = locked_version(version_id)
        require_proposable(actor, answered.agreement, proposal)
        if not answered.is_open:
            raise VersionClosedError
        new = NewVersion(proposal, paper or Paper(), answers=answered)
        version = add_version(actor=actor, agreement=answered.agreement, new=new, signature=signature, now=now)
        _replace(actor, answered, version, now)
    return ProposedAgreement(version.agreement_id, version.id, version.document_sha256)


def _replace(actor: Actor, answered: TermsVersion, by: TermsVersion, now: datetime) -> None:
    TermsVersion.objects.filter(pk=answered.id).update(
        status=TermsStatus.REPLACED, closed_at=now, closed_by=actor.organization_id
    )
    before, after = {"status": answered.status}, {"status": TermsStatus.REPLACED, "by_version": by.number}
    audit.record(actor, "agreement.proposal_replaced", answered, now=now, before=before, after=after)
    replaced = VersionReplaced(by_version_id=str(by.id), **named(answered))
    tell_parties(replaced, agreement=answered.agreement, now=now)
