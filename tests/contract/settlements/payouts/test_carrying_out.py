"""Payments leave once, whatever the gateway says or does not say; their money follows."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.urls import reverse
from standardwebhooks import Webhook

from alliance.kernel.actor import PersonRequiredError, SecondFactorRequiredError
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.models import OutcomeReport, Payout
from settlements.payouts.services.cancel_batch import cancel_batch
from settlements.payouts.services.claim_payouts import claim_payouts
from settlements.payouts.services.decide_report import ReportDecidedError, ReportedByYouError, decide_report
from settlements.payouts.services.hold_batch import BatchMovedOnError
from settlements.payouts.services.leave_open import leave_open
from settlements.payouts.services.report_outcome import (
    BankReferenceMissingError,
    NothingToReportError,
    Outcome,
    ReportedAlreadyError,
    ReturnReasonMissingError,
    report_outcome,
)
from settlements.payouts.services.settle_payout import PayoutAtTheBankError, settle_payout
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.contract.settlements.payouts.test_preparing import SHARED, payable_market
from tests.orders import OrderOf
from tests.outbox import deliver_all
from tests.payouts import SECRET, Desk, bank_account_of, sandbox, use_sandbox


@pytest.fixture
def bank(tmp_path, settings):
    with sandbox(tmp_path / "bank.db") as server:
        use_sandbox(settings, server)
        yield server


def ends_in(cents):
    """North has 40.<cents> available."""
    market = Market([SHARED])
    market.sell(OrderOf(10000 + cents * 5 // 2, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    market.desk = Desk(market.host, market.alliance, gateway="sandbox")
    return market


def only(market):
    [payout] = market.desk.payouts()
    return payout


def balances(market):
    available, in_transit = (market.balance(kind, market.north) for kind in ("available", "in_transit"))
    return available, in_transit, market.balance("bank")


def test_it_is_sent_taken_paid_and_booked(db, bank):
    market = ends_in(0)
    batch_id = market.desk.sent(now=FEBRUARY)
    with pytest.raises(BatchMovedOnError):
        market.desk.send(batch_id, now=FEBRUARY)
    assert market.desk.carry_out() == 1
    assert only(market).state == "accepted"
    assert balances(market) == (0, -4000, 0)
    bank.bank.go_on()
    market.desk.look_now()
    market.desk.carry_out()
    payout = only(market)
    assert (payout.state, payout.bank_reference[:2]) == ("confirmed", "BK")
    assert balances(market) == (0, 0, -4000)
    assert market.desk.steps(payout) == ["prepared", "reserved", "sent", "accepted", "confirmed"]
    assert market.desk.batch(batch_id).state == "finished"
    assert market.owed() == 0


def test_what_is_paid_stands_on_the_next_statement(db, bank):
    market = ends_in(0)
    market.desk.sent(now=FEBRUARY)
    market.desk.carry_out()
    with organization_scope(market.host.id):
        actor, payout_id = market.host.system, only(market).id
        settle_payout(actor=actor, payout_id=payout_id, report=Report(ReportStatus.PAID), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    statement = market.statement(2)
    assert (statement.opening_minor, statement.paid_minor, statement.closing_minor) == (4000, 4000, 0)


def test_rejected_it_is_available_again_and_paid_once_by_the_next_batch(db, bank):
    market = ends_in(0)
    desk = market.desk
    market.sell(OrderOf(2, reference="O-2", occurred_at=FEBRUARY), now=FEBRUARY)  # 40.01 to north
    market.close(FEBRUARY, now=MARCH)
    first = desk.sent(now=MARCH)
    market.desk.carry_out()
    payout = only(market)
    assert (payout.amount_minor, payout.state, payout.reason_code) == (4001, "returned", "account_closed")
    assert desk.steps(payout)[-1] == "rejected"
    assert balances(market) == (-4001, 0, 0)
    assert desk.batch(first).state == "finished"
    second = desk.prepare(now=MARCH)
    assert [p.amount_minor for p in desk.payouts(second)] == [4001]


def test_g9_a_lost_answer_is_looked_up_and_never_sent_twice(db, bank):
    market = ends_in(0)
    market.sell(OrderOf(7, reference="O-2", occurred_at=FEBRUARY), now=FEBRUARY)  # 40.03
    market.close(FEBRUARY, now=MARCH)
    market.desk.sent(now=MARCH)
    market.desk.carry_out()
    payout = only(market)
    assert (payout.amount_minor, payout.state) == (4003, "unknown")
    assert balances(market) == (0, -4003, 0)
    bank.bank.go_on()
    market.desk.look_now()
    market.desk.carry_out()
    assert only(market).state == "confirmed"
    assert market.desk.steps(payout) == ["prepared", "reserved", "sent", "unknown", "confirmed"]


def test_g9_what_was_never_taken_is_sent_again_under_its_key(db, bank):
    market = ends_in(0)
    market.sell(OrderOf(10, reference="O-2", occurred_at=FEBRUARY), now=FEBRUARY)  # 40.04
    market.close(FEBRUARY, now=MARCH)
    market.desk.sent(now=MARCH)
    for _ in range(3):
        market.desk.carry_out()
        market.desk.look_now()
    payout = only(market)
    assert (payout.amount_minor, payout.state, payout.tries) == (4004, "unknown", 3)
    assert bank.bank.find(str(payout.id)) is None
    assert balances(market) == (0, -4004, 0)


def forget(bank):
    """The bank's records of payments are gone."""
    with closing(sqlite3.connect(bank.bank.options.store)) as store, store:
        store.execute("DELETE FROM payment")


@pytest.mark.parametrize("is_paid", [False, True])
def test_what_the_bank_has_acknowledged_is_never_sent_again_even_if_it_forgets(db, bank, is_paid):
    market = ends_in(0)
    market.desk.sent(now=FEBRUARY)
    market.desk.carry_out()
    if is_paid:
        bank.bank.go_on()
        market.desk.look_now()
        market.desk.carry_out()
    before = only(market)
    forget(bank)
    for _ in range(2):
        market.desk.look_now()
        assert market.desk.carry_out() == 1
    after = only(market)
    assert before.state == after.state == ("confirmed" if is_paid else "accepted")
    assert bank.bank.find(str(before.id)) is None
    assert market.desk.steps(after)[-1] == "forgotten"
    assert market.desk.steps(after).count("forgotten") == 1, "told once"


def test_nobody_says_that_it_came_back_while_a_worker_may_be_sending_it(db, bank):
    market = ends_in(0)
    market.desk.sent(now=FEBRUARY)
    [claim] = claim_payouts(most=8, now=FEBRUARY, host_id=market.host.id)
    with pytest.raises(PayoutAtTheBankError):
        settled(market, "returned")
    assert balances(market) == (0, -4000, 0)
    with organization_scope(market.host.id):
        leave_open(payout_id=claim.payout_id, token=claim.token, now=FEBRUARY)
    assert settled(market, "returned") == "returned"
    assert balances(market) == (-4000, 0, 0)


def settled(market, status, **more):
    report, payout = Report(ReportStatus(status), **more), only(market)
    with organization_scope(market.host.id):
        return settle_payout(actor=market.host.system, payout_id=payout.id, report=report, now=FEBRUARY)


def test_the_bank_returns_what_it_had_paid(db, bank):
    market = ends_in(0)
    market.desk.sent(now=FEBRUARY)
    market.desk.carry_out()
    settled(market, "paid")
    assert balances(market) == (0, 0, -4000)
    for _ in range(2):
        settled(market, "returned", code="account_unknown", text="No such account")
    assert balances(market) == (-4000, 0, 0)
    assert only(market).state == "returned"
    market.close(FEBRUARY, now=MARCH)
    assert market.statement(2).paid_minor == 0


@pytest.mark.parametrize("order", [["paid", "accepted", "paid"], ["accepted", "paid", "rejected", "paid"]])
def test_g7_reports_in_any_order_and_number(db, bank, order):
    market = ends_in(0)
    market.desk.sent(now=FEBRUARY)
    [claim] = claim_payouts(most=5, now=FEBRUARY, host_id=market.host.id)
    with organization_scope(market.host.id):
        for status in order:
            report = Report(ReportStatus(status))
            settle_payout(actor=market.host.system, payout_id=claim.payout_id, report=report, now=FEBRUARY)
    is_back = "rejected" in order
    assert only(market).state == ("returned" if is_back else "confirmed")
    assert balances(market) == ((-4000, 0, 0) if is_back else (0, 0, -4000))


def test_a_worker_that_lost_its_lease_writes_nothing(db, bank):
    market = ends_in(0)
    market.desk.sent(now=FEBRUARY)
    [old] = claim_payouts(most=5, now=FEBRUARY, host_id=market.host.id)
    assert old.is_first
    assert claim_payouts(most=5, now=FEBRUARY, host_id=market.host.id) == [], "it is taken"
    market.desk.look_now()
    [new] = claim_payouts(most=5, now=FEBRUARY, host_id=market.host.id)
    assert not new.is_first, "somebody may have sent it"
    with organization_scope(market.host.id):
        report = Report(ReportStatus.REJECTED)
        settle_payout(actor=market.host.system, payout_id=old.payout_id, report=report, now=FEBRUARY, token=old.token)
        leave_open(payout_id=old.payout_id, token=old.token, now=FEBRUARY)
    assert only(market).state == "sending"
    assert balances(market) == (0, -4000, 0)


def test_once_it_is_sent_it_is_not_cancelled(db, bank):
    market = ends_in(0)
    batch_id = market.desk.sent(now=FEBRUARY)
    with organization_scope(market.host.id), pytest.raises(BatchMovedOnError):
        cancel_batch(actor=market.host.actor(Role.FINANCE), batch_id=batch_id, note="", now=FEBRUARY)


def test_g7_the_gateways_message_makes_somebody_look(committed, bank, client):
    market = ends_in(0)
    market.desk.sent(now=FEBRUARY)
    market.desk.carry_out()
    bank.bank.go_on()
    payout = only(market)
    url = reverse("portal:gateway_events", args=["sandbox"])
    body = json.dumps({"key": str(payout.id)})

    def post(body, secret=SECRET, at=None):
        name, at = f"msg_{uuid4().hex}", at or datetime.now(tz=UTC)
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": Webhook(secret).sign(name, at, body),
        }
        return client.post(url, body, content_type="application/json", headers=headers).status_code

    other = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCwgMzIgYnl0ZXM="
    assert post(body, secret=other) == 400
    assert post(body, at=FEBRUARY) == 400
    assert post(json.dumps({"key": str(uuid4())})) == 204
    assert only(market).look_at > datetime.now(tz=UTC)
    assert [post(body), post(body)] == [204, 204]
    assert market.desk.carry_out() == 1
    assert only(market).state == "confirmed"
    assert (
        client.post(reverse("portal:gateway_events", args=["manual"]), body, content_type="text/plain").status_code
        == 404
    )


def test_sending_is_for_people_with_a_second_factor(db, bank):
    market = ends_in(0)
    batch_id = market.desk.prepare(now=FEBRUARY)
    with pytest.raises(BatchMovedOnError):
        market.desk.send(batch_id, now=FEBRUARY)
    market.desk.approve(batch_id, now=FEBRUARY)
    with pytest.raises(SecondFactorRequiredError):
        market.desk.send(batch_id, now=FEBRUARY, actor=market.host.actor(has_second_factor=False))
    assert PersonRequiredError


def test_mails_go_to_those_who_approve(db, mailoutbox):
    market = payable_market()
    deliver_all(market.host.id, market.north.id)
    mailoutbox.clear()  # north's statement waits for it
    market.desk.prepare(now=FEBRUARY)
    deliver_all(market.host.id)
    assert {mail.to[0] for mail in mailoutbox} == {market.host.owner.email, market.host.user(Role.FINANCE).email}
    assert "PB-000001" in mailoutbox[0].subject
    assert "40.00 EUR" in mailoutbox[0].body


class TestByHand:
    """People carry the orders out and enter what became of them; four eyes again."""

    @pytest.fixture
    def market(self, db):
        market = payable_market()
        market.desk.sent(now=FEBRUARY)
        market.desk.carry_out()
        assert only(market).state == "accepted"
        return market

    def report(self, market, *, actor=None, is_paid=True, reference="ST-0001", reason=""):
        outcome = Outcome(is_paid, reference, reason)
        with organization_scope(market.host.id):
            return report_outcome(
                actor=actor or market.host.actor(Role.FINANCE), payout_id=only(market).id, outcome=outcome, now=FEBRUARY
            )

    def decide(self, market, report_id, *, actor=None, is_confirmed=True):
        with organization_scope(market.host.id):
            decide_report(
                actor=actor or market.host.actor(), report_id=report_id, is_confirmed=is_confirmed, now=FEBRUARY
            )

    def test_a_second_person_confirms_it(self, market):
        report_id = self.report(market)
        assert balances(market) == (0, -4000, 0)
        with pytest.raises(ReportedAlreadyError):
            self.report(market)
        with pytest.raises(ReportedByYouError):
            self.decide(market, report_id, actor=market.host.actor(Role.FINANCE))
        self.decide(market, report_id)
        assert balances(market) == (0, 0, -4000)
        assert only(market).bank_reference == "ST-0001"
        with pytest.raises(ReportDecidedError):
            self.decide(market, report_id)
        with pytest.raises(NothingToReportError):
            self.report(market)

    def test_declined_it_moves_nothing(self, market):
        self.decide(market, self.report(market), is_confirmed=False)
        assert balances(market) == (0, -4000, 0)
        assert market.desk.steps(only(market))[-2:] == ["reported", "report_declined"]
        self.decide(market, self.report(market, is_paid=False, reason="Account closed"))
        assert balances(market) == (-4000, 0, 0)

    def test_what_was_paid_comes_back(self, market):
        self.decide(market, self.report(market))
        self.decide(market, self.report(market, is_paid=False, reference="ST-0009", reason="Account closed"))
        assert balances(market) == (-4000, 0, 0)
        assert market.desk.steps(only(market))[-1] == "returned"

    def test_a_report_says_where_it_comes_from_and_why(self, market):
        with pytest.raises(BankReferenceMissingError):
            self.report(market, reference=" ")
        with pytest.raises(ReturnReasonMissingError):
            self.report(market, is_paid=False)
        payout, outcome = only(market), Outcome(is_paid=True, bank_reference="X")
        with organization_scope(market.north.id), pytest.raises(NotFoundError):
            report_outcome(actor=market.north.actor(), payout_id=payout.id, outcome=outcome, now=FEBRUARY)

    def test_the_database_wants_two_people_too(self, market):
        report_id = self.report(market)
        with organization_scope(market.host.id):
            report = OutcomeReport.objects.get(pk=report_id)
            with pytest.raises(DatabaseError), atomic():
                OutcomeReport.objects.filter(pk=report_id).update(
                    state="confirmed", decided_by_id=report.reported_by_id, decided_at=FEBRUARY
                )
            with pytest.raises(DatabaseError), atomic():
                Payout.objects.update(state="prepared")
