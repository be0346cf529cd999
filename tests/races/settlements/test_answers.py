"""Answers to statements at the same time, on real connections: one of dispute and acceptance, and silence by the clock."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.db import DatabaseError

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.answers.services import accept_statement as accepting
from settlements.answers.services.accept_silent_statements import accept_silent_statements
from settlements.answers.services.accept_statement import StatementDisputedError, accept_statement
from settlements.answers.services.dispute_line import (
    LineDisputedAlreadyError,
    StatementAcceptedError,
    dispute_line,
)
from settlements.answers.services.let_line_stand import let_line_stand
from settlements.answers.services.remind_of_silence import remind_of_silence
from settlements.models import LineDispute, StatementReview
from tests.contract.settlements.answers.tens import balances, disputed, review, sold
from tests.contract.settlements.market import FEBRUARY
from tests.outbox import deliver_all
from tests.races.settlements.test_accrual_races import at_once

pytestmark = pytest.mark.usefixtures("committed")
SECOND = timedelta(seconds=1)
TEN_DAYS_ON = datetime(2026, 2, 26, 5, 0, tzinfo=UTC)  # midnight in New York, after ten whole days from 15 February
REMINDER = datetime(2026, 2, 23, 14, 0, tzinfo=UTC)  # nine o'clock there, three days before


def racing(market, lines):
    """One acceptance and a dispute of each line, all at once; what came of each."""
    statement, north = market.statement(1), market.north
    actor = north.actor(Role.FINANCE)

    def accept():
        with organization_scope(north.id):
            return accept_statement(
                actor=actor, statement_id=statement.id, content_sha256=statement.content_sha256, now=FEBRUARY
            )

    def dispute(line):
        with organization_scope(north.id):
            return dispute_line(actor=actor, statement_id=statement.id, line_number=line, reason="Twice", now=FEBRUARY)

    accepted, *opened = at_once(accept, *(lambda line=line: dispute(line) for line in lines))
    return accepted, opened


def open_disputes(market):
    with organization_scope(market.host.id):
        return LineDispute.objects.filter(host_id=market.host.id, state="open").count()


def test_a_statement_is_never_both_accepted_and_disputed():
    for _round in range(6):
        market = sold()
        accepted, opened = racing(market, (3, 4))
        is_accepted = review(market).is_accepted
        assert is_accepted is (accepted is True)
        assert not (is_accepted and open_disputes(market))
        assert is_accepted or isinstance(accepted, StatementDisputedError)
        assert all(isinstance(answer, StatementAcceptedError) for answer in opened if isinstance(answer, Exception))
        assert is_accepted or all(not isinstance(answer, Exception) for answer in opened)


def test_five_disputes_of_one_line_are_one():
    market = sold()
    _accepted, opened = racing(market, ())
    assert opened == []
    market = sold()
    statement, north = market.statement(1), market.north
    actor = north.actor(Role.FINANCE)

    def dispute():
        with organization_scope(north.id):
            return dispute_line(actor=actor, statement_id=statement.id, line_number=3, reason="Twice", now=FEBRUARY)

    answers = at_once(*[dispute] * 5)
    assert sum(isinstance(answer, LineDisputedAlreadyError) for answer in answers) == 4
    assert open_disputes(market) == 1
    deliver_all(market.host.id, north.id)
    assert balances(market) == (3600, 400)


def test_the_database_alone_refuses_what_the_service_overlooked(monkeypatch):
    """The service's own look is taken away: the trigger still sees the open dispute."""
    market = sold()
    disputed(market)
    monkeypatch.setattr(accepting.LineDispute.objects, "filter", lambda **_where: LineDispute.objects.none())
    statement, actor = market.statement(1), market.north.actor(Role.FINANCE)
    with organization_scope(market.north.id), pytest.raises(StatementDisputedError):
        accept_statement(actor=actor, statement_id=statement.id, content_sha256=statement.content_sha256, now=FEBRUARY)


def test_silence_accepts_after_its_time_and_both_sides_hear_of_it():
    silent, noisy = sold(acceptance={"days": 10}, time_zone="America/New_York"), sold(acceptance={"days": 10})
    never = sold(acceptance={"days": 0})
    disputed(noisy)
    statement_id = silent.statement(1).id
    assert review(silent).silence_from == TEN_DAYS_ON
    assert review(never).silence_from is None
    assert statement_id not in accept_silent_statements(now=TEN_DAYS_ON - SECOND)
    accepted = accept_silent_statements(now=TEN_DAYS_ON)
    assert statement_id in accepted
    assert noisy.statement(1).id not in accepted
    assert never.statement(1).id not in accept_silent_statements(now=TEN_DAYS_ON + timedelta(days=999))
    assert statement_id not in accept_silent_statements(now=TEN_DAYS_ON)
    with organization_scope(silent.north.id):
        found = StatementReview.objects.get(statement_id=statement_id)
    assert (found.is_by_silence, found.accepted_by) == (True, "nobody answered in time")
    mail.outbox.clear()
    deliver_all(silent.host.id, silent.north.id)
    told = {sent.to[0] for sent in mail.outbox if "in the time to answer" in sent.body}
    assert {silent.host.owner.email, silent.north.owner.email} <= told


def test_the_party_is_reminded_once_before_and_not_while_a_line_is_disputed():
    silent, noisy = (sold(acceptance={"days": 10}, time_zone="America/New_York") for _ in range(2))
    id_ = disputed(noisy)
    assert reminded(silent, now=REMINDER - SECOND) == []
    clock = partial(remind_of_silence, now=REMINDER)
    assert sum(at_once(clock, clock, clock, clock)) >= 1
    assert remind_of_silence(now=REMINDER + timedelta(hours=1)) == 0
    assert reminded(silent) == [silent.north.owner.email]
    assert reminded(noisy) == []
    with organization_scope(noisy.host.id):
        let_line_stand(actor=noisy.host.actor(), dispute_id=id_, note="It stands", now=FEBRUARY)
    assert noisy.north.owner.email in reminded(noisy, now=TEN_DAYS_ON - SECOND)
    assert reminded(noisy, now=TEN_DAYS_ON) == []


def reminded(market, *, now=None):
    """Who of north got a reminder, after the clock at `now`."""
    mail.outbox.clear()
    if now is not None:
        remind_of_silence(now=now)
    deliver_all(market.host.id, market.north.id)
    return [sent.to[0] for sent in mail.outbox if "Nobody has answered statement" in sent.body]


def test_when_silence_accepts_never_changes():
    market = sold(acceptance={"days": 10})
    row = review(market)
    for said in (
        {"silence_from": FEBRUARY},
        {"silence_from": None},
        {"silence_from": FEBRUARY, "reminded_at": FEBRUARY},
    ):
        with organization_scope(market.north.id), pytest.raises(DatabaseError), atomic():
            StatementReview.objects.filter(pk=row.id).update(**said)
        with organization_scope(market.host.id):
            assert StatementReview.objects.filter(pk=row.id).update(**said) == 0
    assert review(market).silence_from == row.silence_from
