"""Parties of one agreement that act against each other at the same moment, on connections of their own."""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest

from alliance.kernel.models import AuditEvent
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.agreements.services.accept_ending import accept_ending
from partners.agreements.services.counter_propose import counter_propose
from partners.agreements.services.decline_version import decline_version
from partners.agreements.services.end_due_agreements import end_due_agreements
from partners.agreements.services.give_notice import NoticeStandsError, give_notice
from partners.agreements.services.propose_ending import EndingWaitsError, propose_ending
from partners.agreements.services.renew_due_versions import renew_due_versions
from partners.agreements.services.revoke_ending import revoke_ending
from partners.domain.proposal import Proposal
from partners.drafts.services.change_draft import DraftChange, DraftChangedError, change_draft
from partners.drafts.services.propose_draft import DraftProposal, propose_draft
from partners.drafts.services.start_draft import DraftStart, start_draft
from partners.models import Acceptance, Agreement, AgreementDraft, Ending, EndingStatus, Renewal, TermsVersion
from partners.services.accept_agreement import Signature, accept_agreement
from partners.services.withdraw_proposal import withdraw_proposal
from tests.agreements import (
    SIGNATURE,
    THIRTY_DAYS,
    YEARLY,
    agreement_row,
    even_shares,
    notice_ends_at,
    offer_end,
    version_row,
)
from tests.cast import (
    NOW,
    AgreementOf,
    Party,
    accept,
    alliance_of,
    host_organization,
    join,
    partner_organization,
    proposed_agreement,
    signed_agreement,
)
from tests.contract.partners.drafts.drafting import plain
from tests.races.together import together

ROUNDS = 3
LATER = date(2030, 1, 1)
Act = Callable[[], object]


@pytest.fixture
def parties(committed) -> tuple[Party, Party]:
    host, north = host_organization(), partner_organization()
    return host, north


@pytest.fixture
def alliance(parties):
    host, north = parties
    opened = alliance_of(host)
    join(opened, north)
    return opened


def _as(party: Party, service: Callable[..., object], **arguments: object) -> Act:
    actor = party.actor()

    def act() -> object:
        with organization_scope(party.id):
            return service(actor=actor, now=NOW, **arguments)

    return act


def _sign(agreement: AgreementOf, party: Party) -> Act:
    return _as(
        party,
        accept_agreement,
        version_id=agreement.version_id,
        document_sha256=agreement.document_sha256,
        signature=Signature("N", "en"),
    )


def _kinds(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ if isinstance(result, Exception) else "done" for result in results)


# --- A signature against what would take its place ---------------------------------------------------


def _answering(agreement: AgreementOf, by: Party) -> Act:
    return _as(
        by, counter_propose, version_id=agreement.version_id, proposal=Proposal(even_shares(agreement), LATER, None)
    )


AGAINST = {
    "a counter-proposal": lambda agreement, host, _north: _answering(agreement, host),
    "its withdrawal": lambda agreement, host, _north: _as(host, withdraw_proposal, version_id=agreement.version_id),
    "a third party's no": lambda agreement, _host, third: _as(
        third, decline_version, version_id=agreement.version_id, reason="No"
    ),
}


@pytest.mark.parametrize("against", AGAINST.values(), ids=AGAINST)
def test_the_last_signature_against(parties, alliance, against):
    """Either it is in force and cannot be closed, or it is closed and nobody has signed it last. Never both."""
    host, north = parties
    third = partner_organization(name="Third")
    join(alliance, third)
    for _ in range(ROUNDS):
        agreement = proposed_agreement(alliance, [(host, "1/3"), (north, "1/3"), (third, "1/3")])
        accept(agreement, host)
        accept(agreement, third)
        results = together(_sign(agreement, north), against(agreement, host, third))
        assert _kinds(results) == {"done": 1, "VersionClosedError": 1}
        version = version_row(agreement)
        is_signed = results[0] is True
        assert version.is_accepted is is_signed
        assert (version.status in {"replaced", "withdrawn", "declined"}) is not is_signed
        with organization_scope(host.id):
            acceptances = Acceptance.objects.filter(version=version).count()
        assert acceptances == (3 if is_signed else 2)


def test_two_parties_answer_one_proposal_at_once_and_one_answer_stands(parties, alliance):
    host, north = parties
    for _ in range(ROUNDS):
        agreement = proposed_agreement(alliance, [(host, "1/2"), (north, "1/2")])
        results = together(_answering(agreement, host), _answering(agreement, north))
        assert _kinds(results) == {"done": 1, "VersionClosedError": 1}
        with organization_scope(host.id):
            versions = TermsVersion.objects.filter(agreement_id=agreement.id).order_by("number")
            assert [(version.number, version.status) for version in versions] == [(1, "replaced"), (2, "proposed")]
            assert versions[1].acceptances.count() == 0


def test_without_the_lock_both_would_answer(parties, alliance):
    """The control: who only looks whether the proposal is open, without the agreement's lock, sees that it is."""
    host, north = parties
    agreement = proposed_agreement(alliance, [(host, "1/2"), (north, "1/2")])
    looked = Barrier(2)

    def unguarded(party: Party) -> Act:
        def act() -> object:
            with organization_scope(party.id):
                is_open = TermsVersion.objects.get(pk=agreement.version_id).is_open
                looked.wait(timeout=10)  # neither answers before both have looked
                return is_open

        return act

    assert together(unguarded(host), unguarded(north)) == [True, True]


# --- Endings -------------------------------------------------------------------------------------------


@pytest.fixture
def noticed(parties, alliance) -> AgreementOf:
    """An agreement under terms that thirty days' notice ends."""
    host, north = parties
    return signed_agreement(alliance, [(host, "1/2"), (north, "1/2")], paper=THIRTY_DAYS)


def _notice(agreement: AgreementOf, by: Party) -> Act:
    ends_at = notice_ends_at(agreement)
    return _as(by, give_notice, agreement_id=agreement.id, ends_at=ends_at, signature=SIGNATURE)


def _endings(agreement: AgreementOf) -> Counter[tuple[str, str]]:
    with organization_scope(agreement.parties[0].id):
        return Counter(Ending.objects.filter(agreement_id=agreement.id).values_list("kind", "status"))


def test_both_give_notice_at_once_and_one_stands(parties, noticed):
    host, north = parties
    ends_at = notice_ends_at(noticed)
    results = together(_notice(noticed, host), _notice(noticed, north))
    assert _kinds(results) == {"done": 1, NoticeStandsError.__name__: 1}
    assert _endings(noticed) == {("notice", "standing"): 1}
    assert agreement_row(noticed).ends_at == ends_at


def test_notice_against_the_last_signature_of_a_consent_ends_it_at_the_earlier_of_both(parties, noticed):
    """Both may stand; the agreement ends when the first of them says, whichever came first."""
    host, north = parties
    last_on = NOW.date() + timedelta(days=10)
    ending_id = offer_end(noticed, last_on, by=host)
    with organization_scope(host.id):
        ending = Ending.objects.get(pk=ending_id)
    consent = _as(
        north, accept_ending, ending_id=ending_id, document_sha256=ending.document_sha256, signature=SIGNATURE
    )
    results = together(_notice(noticed, host), consent)
    assert results[1] is True
    found = _endings(noticed)
    assert found[("mutual", "standing")] == 1
    if isinstance(results[0], UUID):
        assert found[("notice", "standing")] == 1
    assert agreement_row(noticed).ends_at == ending.ends_at


def test_both_propose_to_end_at_once_and_one_waits(parties, noticed):
    host, north = parties
    last_on = NOW.date() + timedelta(days=10)
    propose = [
        _as(party, propose_ending, agreement_id=noticed.id, last_on=last_on, signature=SIGNATURE)
        for party in (host, north)
    ]
    assert _kinds(together(*propose)) == {"done": 1, EndingWaitsError.__name__: 1}
    assert _endings(noticed) == {("mutual", "proposed"): 1}


def test_both_let_it_go_on_at_once_and_it_does(parties, noticed):
    host, north = parties
    ending_id = _notice(noticed, host)()
    with organization_scope(host.id):
        sha256 = Ending.objects.get(pk=ending_id).document_sha256
    go_on = [
        _as(party, revoke_ending, ending_id=ending_id, document_sha256=sha256, signature=SIGNATURE)
        for party in (host, north)
    ]
    assert sorted(together(*go_on)) == [False, True]
    assert agreement_row(noticed).ends_at is None
    assert _endings(noticed) == {("notice", EndingStatus.REVOKED.value): 1}


# --- The clock ------------------------------------------------------------------------------------------


def test_two_clocks_note_each_end_and_each_renewal_once(parties, alliance):
    host, north = parties
    shares = [(host, "1/2"), (north, "1/2")]
    over = signed_agreement(alliance, shares, effective_to=NOW.date() - timedelta(days=1))
    renewing = signed_agreement(alliance, shares, effective_to=NOW.date() - timedelta(days=1), paper=YEARLY)
    together(*[lambda: end_due_agreements(now=NOW)] * 2, *[lambda: renew_due_versions(now=NOW)] * 2)
    with across_organizations(reason="a test counts rows of both agreements"):
        assert Ending.objects.filter(agreement_id=over.id).count() == 1
        assert AuditEvent.objects.filter(action="agreement.ended", target_id=over.id).count() == 1
        assert Renewal.objects.filter(agreement_id=renewing.id).count() == 1
        assert Agreement.objects.get(pk=over.id).is_ended
        assert not Agreement.objects.get(pk=renewing.id).is_ended


# --- Drafts ---------------------------------------------------------------------------------------------


@pytest.fixture
def draft_id(parties, alliance) -> UUID:
    host, north = parties
    start = DraftStart(alliance.id, "Courses with kits", plain(host, north))
    with organization_scope(host.id):
        return start_draft(actor=host.actor(), start=start, now=NOW)


def test_two_people_write_on_at_once_and_neither_writes_over_the_other(parties, draft_id):
    host, _north = parties
    writes = [
        _as(host, change_draft, draft_id=draft_id, revision=1, change=DraftChange(name=name)) for name in ("A", "B")
    ]
    results = together(*writes)
    assert _kinds(results) == {"done": 1, DraftChangedError.__name__: 1}
    with organization_scope(host.id):
        draft = AgreementDraft.objects.get(pk=draft_id)
    assert (draft.revision, draft.name) == (2, "A" if results[0] == 2 else "B")


def test_a_draft_proposed_twice_at_once_is_one_agreement(parties, draft_id):
    host, _north = parties
    propose = _as(host, propose_draft, draft_id=draft_id, wanted=DraftProposal(1, LATER))
    assert _kinds(together(propose, propose)) == {"done": 1, "NotFoundError": 1}
    with organization_scope(host.id):
        assert Agreement.objects.filter(name="Courses with kits").count() == 1
