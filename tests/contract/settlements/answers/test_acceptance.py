"""Accepting a statement: by its party, for exactly its content; told to both sides."""

import pytest
from django.core import mail
from django.db import DatabaseError

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.answers.services.accept_statement import OtherContentError, StatementDisputedError
from settlements.answers.services.comment_statement import CommentEmptyError, comment_statement
from settlements.answers.services.let_line_stand import let_line_stand
from settlements.models import StatementComment, StatementReview
from tests.contract.settlements.answers.tens import accepted, disputed, market, review, sold
from tests.contract.settlements.market import FEBRUARY
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db
__all__ = ["market"]


def subjects(market, *, deliver=True):
    if deliver:
        deliver_all(market.host.id, market.north.id)
    return sorted((sent.subject, sent.to[0]) for sent in mail.outbox)


def test_the_party_accepts_once(market):
    assert accepted(market)
    assert not accepted(market)
    found = review(market)
    assert (found.state, found.is_by_silence, found.content_sha256) == (
        "accepted",
        False,
        market.statement(1).content_sha256,
    )
    with organization_scope(market.north.id):
        assert AuditEvent.objects.filter(action="statement.accepted").count() == 1


def test_only_its_own_content_and_only_its_party(market):
    with pytest.raises(OtherContentError):
        accepted(market, sha256="0" * 64)
    with pytest.raises(NotPermittedError):
        accepted(market, party=market.host)
    with pytest.raises(NotPermittedError):
        accepted(market, role=Role.VIEWER)
    assert review(market).state == "open"


def test_not_while_a_line_is_disputed(market):
    id_ = disputed(market)
    with pytest.raises(StatementDisputedError):
        accepted(market)
    with organization_scope(market.host.id):
        let_line_stand(actor=market.host.actor(), dispute_id=id_, note="It stands", now=FEBRUARY)
    assert accepted(market)


def test_the_database_keeps_it(market):
    statement = market.statement(1)
    said = {"state": "accepted", "accepted_at": FEBRUARY}

    def update(party, sha256):
        with organization_scope(party.id), atomic():
            return StatementReview.objects.filter(statement_id=statement.id).update(content_sha256=sha256, **said)

    with pytest.raises(DatabaseError):
        update(market.north, "0" * 64)
    assert update(market.host, statement.content_sha256) == 0
    disputed(market)
    with pytest.raises(DatabaseError):
        update(market.north, statement.content_sha256)


def test_each_partner_has_a_review_and_the_host_none(market):
    with organization_scope(market.host.id):
        assert [row.organization_id for row in StatementReview.objects.all()] == [market.north.id]


class TestAsking:
    def waiting(self, market):
        subjects(market)
        return {sent.to[0]: sent for sent in mail.outbox if market.statement(1).number in sent.subject}

    def test_the_partners_people_are_asked_once_in_their_language(self, market):
        finance, owner = market.north.user(Role.FINANCE), market.north.owner
        market.north.user(Role.VIEWER)
        type(finance).objects.filter(pk=finance.pk).update(language="zh-hans")
        asked = self.waiting(market)
        assert set(asked) == {finance.email, owner.email}
        assert "waits for your acceptance" in asked[owner.email].subject
        assert "your share 40.00 EUR, closing 40.00 EUR" in asked[owner.email].body
        assert (
            "silence counts as acceptance from Mar 2, 2026 on" in asked[owner.email].body
        )  # 14 days, by the installation
        assert "等待您接受" in asked[finance.email].subject
        assert "2026年3月2日" in asked[finance.email].body
        mail.outbox.clear()
        assert self.waiting(market) == {}

    def test_nobody_is_asked_for_what_was_accepted_meanwhile(self, market):
        accepted(market)
        assert not any("waits for your acceptance" in subject for subject, _ in subjects(market))

    def test_terms_say_how_long_and_never_is_never(self, db):
        market = sold(acceptance={"days": 0})
        [told] = [sent for sent in self.waiting(market).values() if sent.to == [market.north.owner.email]]
        assert "silence" not in told.body


class TestMails:
    def test_the_other_side_hears_of_an_acceptance(self, market):
        accepted(market)
        assert {to for _, to in subjects(market)} == {market.host.owner.email}

    def test_a_dispute_and_its_end_are_told(self, market):
        id_ = disputed(market, claimed=600)
        [first] = [sent for sent in mail.outbox if sent.to == [market.host.owner.email]]
        assert "disputes a line" in first.subject
        assert "It should be 6.00 EUR." in first.body
        assert "It was sold twice" in first.body
        mail.outbox.clear()
        with organization_scope(market.host.id):
            let_line_stand(actor=market.host.actor(), dispute_id=id_, note="Sold once", now=FEBRUARY)
        subjects(market)
        [told] = [sent for sent in mail.outbox if sent.to == [market.north.owner.email]]
        assert "Sold once" in told.body


class TestComments:
    def said(self, party, market, text="Is O-3 right?", dispute_id=None):
        statement_id = market.statement(1).id
        with organization_scope(party.id):
            return comment_statement(
                actor=party.actor(Role.FINANCE),
                statement_id=statement_id,
                text=text,
                dispute_id=dispute_id,
                now=FEBRUARY,
            )

    def test_both_sides_write_and_read(self, market):
        self.said(market.north, market)
        self.said(market.host, market, "It is.", disputed(market))
        with organization_scope(market.north.id):
            assert [comment.text for comment in StatementComment.objects.all()] == ["Is O-3 right?", "It is."]
        subjects(market)
        assert any("Is O-3 right?" in sent.body for sent in mail.outbox)

    def test_an_empty_one_is_refused_and_none_is_changed(self, market):
        with pytest.raises(CommentEmptyError):
            self.said(market.north, market, "  ")
        id_ = self.said(market.north, market)
        with organization_scope(market.north.id), pytest.raises(DatabaseError), atomic():
            StatementComment.objects.filter(pk=id_).update(text="Other")
