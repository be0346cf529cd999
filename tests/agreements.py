"""Acts in the life of an agreement, for tests: each opens the scope of the party that acts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from alliance.kernel.tenancy import organization_scope
from partners.agreements.notice import notice_outlook
from partners.agreements.services.accept_ending import accept_ending
from partners.agreements.services.attach_file import attach_file
from partners.agreements.services.counter_propose import counter_propose
from partners.agreements.services.give_notice import give_notice
from partners.agreements.services.propose_ending import propose_ending
from partners.agreements.services.revoke_ending import revoke_ending
from partners.domain.end_rule import AtEnd, EndRule
from partners.domain.proposal import Proposal
from partners.domain.supplement import Paper
from partners.models import Agreement, Ending, TermsVersion
from partners.services.accept_agreement import Signature
from partners.services.propose_version import propose_version
from tests.cast import NOW, AgreementOf, Party, accept
from tests.documents import upload

THIRTY_DAYS = Paper(EndRule(notice_days=30))
YEARLY = Paper(EndRule(notice_days=30, at_end=AtEnd.RENEW, renewal_months=12))
SIGNATURE = Signature("Sue Signer", "en", title="Director", browser="Firefox", second_factor="totp")


def even_shares(agreement: AgreementOf) -> tuple[tuple[UUID, str], ...]:
    """The same share for each party."""
    return tuple((party.id, f"1/{len(agreement.parties)}") for party in agreement.parties)


def _proposal(agreement: AgreementOf, effective_on: date, until_on: date | None) -> Proposal:
    return Proposal(even_shares(agreement), effective_on, until_on)


def propose_next(
    agreement: AgreementOf,
    effective_on: date,
    until_on: date | None = None,
    *,
    by: Party | None = None,
    paper: Paper | None = None,
    now: datetime = NOW,
) -> AgreementOf:
    """Another version with even shares, proposed by the first party unless said otherwise; it waits."""
    proposer = by or agreement.parties[0]
    with organization_scope(proposer.id):
        proposed = propose_version(
            actor=proposer.actor(),
            agreement_id=agreement.id,
            proposal=_proposal(agreement, effective_on, until_on),
            paper=paper,
            now=now,
        )
    return replace(agreement, version_id=proposed.version_id, document_sha256=proposed.document_sha256)


def attached_by(party: Party, content: bytes, *, name: str = "Annex.pdf", now: datetime = NOW) -> UUID:
    """A PDF that the party has uploaded and nobody has proposed yet."""
    with organization_scope(party.id):
        return attach_file(actor=party.actor(), content=upload(content), name=name, now=now)


def answer(
    agreement: AgreementOf, effective_on: date, *, by: Party, paper: Paper | None = None, now: datetime = NOW
) -> AgreementOf:
    """A changed proposal in the place of the one that waits."""
    with organization_scope(by.id):
        proposed = counter_propose(
            actor=by.actor(),
            version_id=agreement.version_id,
            proposal=_proposal(agreement, effective_on, None),
            paper=paper,
            now=now,
        )
    return replace(agreement, version_id=proposed.version_id, document_sha256=proposed.document_sha256)


def sign_all(agreement: AgreementOf, *, parties: Sequence[Party] | None = None, now: datetime = NOW) -> AgreementOf:
    """Every party accepts."""
    for party in parties or agreement.parties:
        accept(agreement, party, now=now)
    return agreement


def notice_ends_at(agreement: AgreementOf, *, now: datetime = NOW) -> datetime:
    """When a notice given now would end it."""
    with organization_scope(agreement.parties[0].id):
        return notice_outlook(Agreement.objects.get(pk=agreement.id), now=now).ends_at


def notice(agreement: AgreementOf, *, by: Party, now: datetime = NOW, ends_at: datetime | None = None) -> UUID:
    """A notice, with the end that the person was shown."""
    expected = ends_at or notice_ends_at(agreement, now=now)
    with organization_scope(by.id):
        return give_notice(actor=by.actor(), agreement_id=agreement.id, ends_at=expected, signature=SIGNATURE, now=now)


def offer_end(agreement: AgreementOf, last_on: date, *, by: Party, now: datetime = NOW) -> UUID:
    """A proposal to end by consent."""
    with organization_scope(by.id):
        return propose_ending(
            actor=by.actor(), agreement_id=agreement.id, last_on=last_on, signature=SIGNATURE, now=now
        )


def agree_to_end(ending_id: UUID, *, by: Party, now: datetime = NOW) -> bool:
    """One party's signature under a proposed ending."""
    with organization_scope(by.id):
        sha256 = Ending.objects.get(pk=ending_id).document_sha256
        return accept_ending(
            actor=by.actor(), ending_id=ending_id, document_sha256=sha256, signature=SIGNATURE, now=now
        )


def let_go_on(ending_id: UUID, *, by: Party, now: datetime = NOW) -> bool:
    """One party's signature for withdrawing a standing ending."""
    with organization_scope(by.id):
        sha256 = Ending.objects.get(pk=ending_id).document_sha256
        return revoke_ending(
            actor=by.actor(), ending_id=ending_id, document_sha256=sha256, signature=SIGNATURE, now=now
        )


def agreement_row(agreement: AgreementOf) -> Agreement:
    """The row as it stands."""
    with organization_scope(agreement.parties[0].id):
        return Agreement.objects.get(pk=agreement.id)


def version_row(agreement: AgreementOf) -> TermsVersion:
    """The row of the version that `agreement` names."""
    with organization_scope(agreement.parties[0].id):
        return TermsVersion.objects.get(pk=agreement.version_id)


def ending_row(agreement: AgreementOf, ending_id: UUID) -> Ending:
    """The row of an ending."""
    with organization_scope(agreement.parties[0].id):
        return Ending.objects.get(pk=ending_id)
