"""Answering a proposal: with a changed one, with a no, and taking one's own back."""

from datetime import date

import pytest

from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.agreements.reasons import ReasonMissingError
from partners.agreements.services.decline_version import OwnProposalError, decline_version
from partners.domain.proposal import Proposal
from partners.models import Acceptance, AgreementStatus, TermsStatus, TermsVersion
from partners.services.accept_agreement import VersionClosedError
from partners.services.propose_version import AgreementEndedError, OtherPartiesError, propose_version
from partners.services.withdraw_proposal import withdraw_proposal
from tests.agreements import agreement_row, answer, propose_next, sign_all, version_row
from tests.cast import NOW, accept

MAY = date(2026, 5, 1)


def _decline(version, by, reason="The share is too small", role=Role.OWNER):
    actor = by.actor(role)
    with organization_scope(by.id):
        decline_version(actor=actor, version_id=version.version_id, reason=reason, now=NOW)


def test_an_answer_takes_the_place_of_the_proposal_and_voids_its_signatures(cast, waiting):
    accept(waiting, cast.host)
    answered = answer(waiting, MAY, by=cast.south)
    old, new = version_row(waiting), version_row(answered)
    assert (old.status, old.closed_by_id, old.closed_at) == (TermsStatus.REPLACED, cast.south.id, NOW)
    assert (new.status, new.number, new.answers_id) == (TermsStatus.PROPOSED, 2, old.id)
    with organization_scope(cast.host.id):
        assert not Acceptance.objects.filter(version=new).exists()
        assert Acceptance.objects.filter(version=old).count() == 1  # kept as evidence, and worth nothing
    with pytest.raises(VersionClosedError):
        accept(waiting, cast.south)
    assert accept(answered, cast.south) is False
    assert accept(answered, cast.host) is True
    assert agreement_row(waiting).status == AgreementStatus.SIGNED


def test_a_chain_of_answers_is_kept(cast, waiting):
    first = answer(waiting, MAY, by=cast.south)
    second = answer(first, date(2026, 6, 1), by=cast.host)
    third = answer(second, date(2026, 7, 1), by=cast.host)  # one's own too
    chain, row = [], version_row(third)
    with organization_scope(cast.host.id):
        while row is not None:
            chain.append((row.number, row.status))
            row = row.answers
    assert chain == [(4, "proposed"), (3, "replaced"), (2, "replaced"), (1, "replaced")]


def test_every_party_hears_of_an_answer(cast, waiting):
    answered = answer(waiting, MAY, by=cast.south)
    for party in (cast.host, cast.south):
        with organization_scope(party.id):
            replaced = OutboxMessage.objects.get(topic="partners.VersionReplaced").payload
            proposed = OutboxMessage.objects.get(
                topic="partners.AgreementProposed", payload__version_id=str(answered.version_id)
            ).payload
        assert (replaced["version_id"], replaced["by_version_id"]) == (
            str(waiting.version_id),
            str(answered.version_id),
        )
        assert proposed["answers_version_id"] == str(waiting.version_id)
    with organization_scope(cast.south.id):
        [event] = AuditEvent.objects.filter(action="agreement.proposal_replaced")
        assert (event.before, event.after) == ({"status": "proposed"}, {"status": "replaced", "by_version": 2})


def test_what_is_settled_is_not_answered(cast, signed, waiting):
    with pytest.raises(VersionClosedError):
        answer(signed, MAY, by=cast.south)
    _decline(waiting, cast.south)
    with pytest.raises(AgreementEndedError):
        answer(waiting, MAY, by=cast.south)


def test_who_may_answer(cast, waiting):
    for outsider in (cast.north, cast.stranger):
        with pytest.raises(NotFoundError):
            answer(waiting, MAY, by=outsider)
    with organization_scope(cast.south.id), pytest.raises(OtherPartiesError):
        propose_version(
            actor=cast.south.system,
            agreement_id=waiting.id,
            proposal=Proposal(((cast.south.id, "50"), (cast.north.id, "50")), MAY),
            now=NOW,
        )


def test_another_party_declines_and_says_why(cast, waiting):
    with pytest.raises(ReasonMissingError):
        _decline(waiting, cast.south, reason="")
    _decline(waiting, cast.south)
    _decline(waiting, cast.south)  # again changes nothing
    row = version_row(waiting)
    assert (row.status, row.close_reason, row.closed_by_id) == ("declined", "The share is too small", cast.south.id)
    assert agreement_row(waiting).status == AgreementStatus.ENDED  # it was never signed
    with organization_scope(cast.host.id):
        payload = OutboxMessage.objects.get(topic="partners.VersionDeclined").payload
    assert (payload["reason"], payload["organization_id"]) == ("The share is too small", str(cast.south.id))


def test_declining_an_amendment_leaves_the_agreement_as_it_is(cast, signed):
    amendment = propose_next(signed, MAY)
    _decline(amendment, cast.south)
    assert agreement_row(signed).status == AgreementStatus.SIGNED
    with organization_scope(cast.host.id):
        assert TermsVersion.objects.get(pk=signed.version_id).effective_to is None


def test_nobody_declines_their_own_and_nobody_withdraws_anothers(cast, waiting):
    with pytest.raises(OwnProposalError):
        _decline(waiting, cast.host)
    with organization_scope(cast.south.id), pytest.raises(NotPermittedError):
        withdraw_proposal(actor=cast.south.system, version_id=waiting.version_id, now=NOW)
    with pytest.raises(NotPermittedError):
        _decline(waiting, cast.south, role=Role.VIEWER)
    with pytest.raises(NotFoundError):
        _decline(waiting, cast.north)


def test_the_proposer_withdraws(cast, waiting):
    with organization_scope(cast.host.id):
        withdraw_proposal(actor=cast.host.system, version_id=waiting.version_id, now=NOW)
        withdraw_proposal(actor=cast.host.system, version_id=waiting.version_id, now=NOW)
    assert version_row(waiting).status == TermsStatus.WITHDRAWN
    with organization_scope(cast.south.id):
        assert OutboxMessage.objects.filter(topic="partners.VersionWithdrawn").count() == 1
    with pytest.raises(VersionClosedError):
        _decline(waiting, cast.south)


def test_accepted_versions_are_not_taken_back(cast, signed):
    with organization_scope(cast.host.id), pytest.raises(VersionClosedError):
        withdraw_proposal(actor=cast.host.system, version_id=signed.version_id, now=NOW)
    with pytest.raises(VersionClosedError):
        _decline(signed, cast.south)


def test_two_amendments_may_wait_side_by_side(cast, signed):
    one, other = propose_next(signed, MAY), propose_next(signed, date(2026, 6, 1), by=cast.south)
    sign_all(other)
    assert version_row(one).is_open
