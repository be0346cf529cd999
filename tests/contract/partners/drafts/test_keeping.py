"""A draft is kept whatever it says, seen by its organization alone, and never overwritten unseen."""

from datetime import date

import pytest
from django.db import IntegrityError, connections

from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.drafts.services import change_draft as changing
from partners.drafts.services import start_draft as starting
from partners.drafts.services.change_draft import (
    DraftChange,
    DraftChangedError,
    DraftTooLargeError,
    change_draft,
)
from partners.drafts.services.discard_draft import discard_draft
from partners.drafts.services.propose_draft import DraftProposal, propose_draft
from partners.drafts.services.start_draft import TooManyDraftsError
from partners.models import AgreementDraft, TermsVersion
from partners.services.accept_agreement import Signature
from partners.services.propose_agreement import AgreementNameMissingError, ImpossibleTermsError
from partners.services.propose_version import OtherPartiesError
from tests.cast import NOW, Cast, full_cast
from tests.contract.partners.drafts.drafting import draft_of, plain, stored

SOON = date(2026, 5, 1)


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


def change(cast, draft_id, terms, *, revision=1, role=Role.OWNER, **more):
    with organization_scope(cast.host.id):
        wanted = DraftChange(terms, **more)
        return change_draft(actor=cast.host.actor(role), draft_id=draft_id, revision=revision, change=wanted, now=NOW)


def propose(party, draft_id, *, revision=1, signature=None):
    wanted = DraftProposal(revision, SOON, signature=signature)
    with organization_scope(party.id):
        return propose_draft(actor=party.actor(), draft_id=draft_id, wanted=wanted, now=NOW)


def test_what_is_impossible_is_kept_as_it_was_typed(cast):
    draft_id = draft_of(cast)
    typed = {"schema": 2, "clauses": [{"id": "Sales!", "pays": {"kind": "split", "shares": []}}]}
    assert change(cast, draft_id, typed) == 2
    assert stored(cast.host, draft_id).terms == typed
    assert change(cast, draft_id, typed, revision=2) == 2
    assert change(cast, draft_id, typed, revision=2, name="Another name") == 3
    assert stored(cast.host, draft_id).name == "Another name"


def test_nobody_writes_over_what_they_have_not_seen(cast):
    draft_id = draft_of(cast)
    change(cast, draft_id, plain(cast.host, cast.north, hold={"days": 3}))
    with pytest.raises(DraftChangedError):
        change(cast, draft_id, plain(cast.host, cast.north))
    with pytest.raises(DraftChangedError):
        propose(cast.host, draft_id)


def test_only_its_organization_sees_it_and_only_who_may_propose_writes(cast):
    draft_id = draft_of(cast)
    for party in (cast.north, cast.stranger):
        with organization_scope(party.id):
            assert not AgreementDraft.objects.filter(pk=draft_id).exists()
            assert discard_draft(actor=party.actor(), draft_id=draft_id, now=NOW) is False
            with pytest.raises(NotFoundError):
                change_draft(actor=party.actor(), draft_id=draft_id, revision=1, change=DraftChange({}), now=NOW)
    with pytest.raises(NotPermittedError):
        change(cast, draft_id, {}, role=Role.VIEWER)
    with pytest.raises(NotFoundError):
        draft_of(cast, party=cast.stranger)
    with pytest.raises(NotFoundError):
        draft_of(cast, party=cast.south, agreement_id=cast.agreement.id)


def test_the_database_keeps_a_draft_where_its_organization_has_a_place(cast):
    with pytest.raises(IntegrityError), organization_scope(cast.stranger.id):
        _misplaced(cast)


def _misplaced(cast):
    place = {"organization_id": cast.stranger.id, "alliance_id": cast.alliance.id}
    AgreementDraft.objects.create(**place, name="Mine", terms={})
    with connections["default"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_bounds(cast, monkeypatch):
    nameless = starting.DraftStart(cast.alliance.id, " ", {})
    with organization_scope(cast.host.id), pytest.raises(AgreementNameMissingError):
        starting.start_draft(actor=cast.host.actor(), start=nameless, now=NOW)
    draft_id = draft_of(cast)
    monkeypatch.setattr(changing, "MOST_BYTES", 20)
    with pytest.raises(DraftTooLargeError):
        change(cast, draft_id, {"text": "x" * 20})
    monkeypatch.undo()
    monkeypatch.setattr(starting, "MOST_DRAFTS", 1)
    with pytest.raises(TooManyDraftsError):
        draft_of(cast)


def test_a_proposed_draft_is_an_agreement_and_a_draft_no_more(cast):
    draft_id = draft_of(cast, plain(cast.host, cast.south, hold={"days": 14}))
    proposed = propose(cast.host, draft_id, signature=Signature("Olga Owner", "en"))
    with organization_scope(cast.south.id):
        version = TermsVersion.objects.get(pk=proposed.version_id)
        assert (version.agreement.name, version.agreement.currency) == ("Courses with kits", "EUR")
        assert version.parsed().hold.days == 14
        assert version.acceptances.get().signer_name == "Olga Owner"
    with organization_scope(cast.host.id):
        assert not AgreementDraft.objects.exists()


def test_an_impossible_draft_stays_when_it_is_proposed(cast):
    draft_id = draft_of(cast, plain(cast.host, cast.north, hold={"days": -1}))
    with pytest.raises(ImpossibleTermsError) as refused:
        propose(cast.host, draft_id)
    assert [(r.field, r.code) for r in refused.value.refusals] == [("terms.hold.days", "too_small")]
    assert stored(cast.host, draft_id).revision == 1


def test_a_draft_of_the_next_version_keeps_parties_currency_and_time_zone(cast):
    same = plain(cast.host, cast.north)
    for terms, field, code in (
        ({**same, "currency": "GBP"}, "terms.currency", "other_currency"),
        ({**same, "time_zone": "Asia/Shanghai"}, "terms.time_zone", "other_time_zone"),
    ):
        with pytest.raises(ImpossibleTermsError) as refused:
            propose(cast.host, draft_of(cast, terms, agreement_id=cast.agreement.id))
        assert [(r.field, r.code) for r in refused.value.refusals] == [(field, code)]
    with pytest.raises(OtherPartiesError) as others:
        propose(cast.host, draft_of(cast, plain(cast.host, cast.south), agreement_id=cast.agreement.id))
    assert others.value.field == "terms.parties"
    proposed = propose(cast.north, draft_of(cast, same, party=cast.north, agreement_id=cast.agreement.id))
    assert proposed.agreement_id == cast.agreement.id


def test_discarding_twice_is_harmless_and_every_act_is_on_the_record(cast):
    draft_id = draft_of(cast)
    change(cast, draft_id, plain(cast.host, cast.north, hold={"days": 3}))
    with organization_scope(cast.host.id):
        assert discard_draft(actor=cast.host.actor(), draft_id=draft_id, now=NOW) is True
        assert discard_draft(actor=cast.host.actor(), draft_id=draft_id, now=NOW) is False
        acts = AuditEvent.objects.filter(target_id=str(draft_id)).order_by("id").values_list("action", flat=True)
        assert list(acts) == ["agreement_draft.started", "agreement_draft.changed", "agreement_draft.discarded"]
