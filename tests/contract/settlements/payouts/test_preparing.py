"""Who is payable, who is not and why; a batch binds to what it pays and where to."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from alliance.kernel.actor import PersonRequiredError, SecondFactorRequiredError
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from partners.onboarding.services.decide_bank_account import decide_bank_account
from settlements.finance.queues import Desk as FinanceDesk
from settlements.finance.queues import finance_queues
from settlements.payouts.models import Payout, PayoutApproval, PayoutBatch, PayoutStep
from settlements.payouts.services.approve_batch import (
    ApprovedByYouError,
    BatchChangedError,
    PreparedByYouError,
)
from settlements.payouts.services.cancel_batch import cancel_batch
from settlements.payouts.services.hold_batch import BatchMovedOnError
from settlements.payouts.services.lift_hold import HoldLiftedError, lift_hold
from settlements.payouts.services.place_hold import HoldReasonMissingError, OnHoldAlreadyError, place_hold
from settlements.payouts.services.plan_payouts import plan_payouts
from settlements.payouts.services.prepare_batch import NothingPayableError, UnknownGatewayError
from settlements.payouts.services.prepare_due_batches import prepare_due_batches_of
from settlements.payouts.services.take_out_payout import take_out_payout
from tests.cast import NOW, signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf
from tests.payouts import Desk, bank_account_of

pytestmark = pytest.mark.django_db

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
OTHER_IBAN = "DE02120300000000202051"


@pytest.fixture
def market(db):
    """North has 40.00 available and a bank account."""
    return payable_market()


def payable_market(**terms):
    market = Market([SHARED], **terms)
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    market.desk = Desk(market.host, market.alliance)
    return market


def plan(market, now=FEBRUARY):
    with organization_scope(market.host.id):
        return plan_payouts(alliance_id=market.alliance.id, currency="EUR", now=now)


def reasons(market, now=FEBRUARY):
    return [(one.amount_minor, one.reason.value) for one in plan(market, now).not_paid]


def test_two_people_set_the_money_aside(market):
    desk = market.desk
    batch_id = desk.prepare(now=FEBRUARY)
    batch, [payout] = desk.batch(batch_id), desk.payouts(batch_id)
    assert (batch.reference, batch.total_minor, batch.payout_count, batch.approvals_needed) == ("PB-000001", 4000, 1, 1)
    assert (payout.reference, payout.amount_minor, payout.account_masked) == ("PO-000001-001", 4000, "DE•••• 3000")
    assert market.balance("available", market.north) == -4000
    assert desk.approve(batch_id, now=FEBRUARY).is_reserved
    assert market.balance("available", market.north) == 0
    assert market.balance("in_transit", market.north) == -4000
    assert market.owed() == 4000
    [payout] = desk.payouts(batch_id)
    assert payout.state == "reserved"
    assert desk.steps(payout) == ["prepared", "reserved"]
    with pytest.raises(BatchMovedOnError):
        desk.approve(batch_id, now=FEBRUARY)


def test_a_close_after_it_finds_the_same_owed(market):
    market.desk.approve(market.desk.prepare(now=FEBRUARY), now=FEBRUARY)
    market.sell(OrderOf(2500, reference="O-2", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    statement = market.statement(2)
    assert (statement.opening_minor, statement.paid_minor, statement.closing_minor) == (4000, 0, 5000)


def test_s22_g6_the_preparer_never_approves(market):
    finance = market.host.actor(Role.FINANCE)
    batch_id = market.desk.prepare(now=FEBRUARY, actor=finance)
    with pytest.raises(PreparedByYouError):
        market.desk.approve(batch_id, now=FEBRUARY, actor=finance)
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        PayoutApproval.objects.create(
            organization_id=market.host.id,
            batch_id=batch_id,
            content_sha256=market.desk.batch(batch_id).content_sha256,
            approved_by_id=finance.user_id,
            approved_by="finance",
            approved_at=FEBRUARY,
        )
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        PayoutBatch.objects.filter(pk=batch_id).update(state="approved", approved_at=FEBRUARY)


def test_approving_needs_a_person_with_a_second_factor(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    with pytest.raises(SecondFactorRequiredError):
        market.desk.approve(batch_id, now=FEBRUARY, actor=market.host.actor(has_second_factor=False))
    with pytest.raises(PreparedByYouError):
        market.desk.approve(batch_id, now=FEBRUARY, actor=market.host.system)
    with pytest.raises(NotPermittedError):
        market.desk.approve(batch_id, now=FEBRUARY, actor=market.host.actor(Role.VIEWER))
    with pytest.raises(NotPermittedError):
        market.desk.prepare(now=FEBRUARY, actor=market.host.actor(Role.VIEWER))
    assert PersonRequiredError.code == "person_required"


def test_s22_above_the_limit_two_others_approve(market, settings):
    settings.PAYOUT_SECOND_APPROVER_ABOVE = "39.99"
    desk = market.desk
    batch_id = desk.prepare(now=FEBRUARY)
    assert not desk.approve(batch_id, now=FEBRUARY).is_reserved
    with pytest.raises(ApprovedByYouError):
        desk.approve(batch_id, now=FEBRUARY)
    assert market.balance("in_transit", market.north) == 0
    second = desk.another()
    assert desk.approve(batch_id, now=FEBRUARY, actor=second).is_reserved
    assert market.balance("in_transit", market.north) == -4000


def test_s22_g6_a_changed_bank_account_voids_what_was_approved(market, settings):
    settings.PAYOUT_SECOND_APPROVER_ABOVE = "0"
    desk = market.desk
    batch_id = desk.prepare(now=FEBRUARY)
    desk.approve(batch_id, now=FEBRUARY)
    account_id = bank_account_of(market.north, number=OTHER_IBAN, now=FEBRUARY)
    later = FEBRUARY + timedelta(days=4)
    with organization_scope(market.north.id):
        decide_bank_account(actor=market.north.actor(), account_id=account_id, is_confirmed=True, now=FEBRUARY)
    approved = desk.approve(batch_id, now=later, actor=desk.another())
    assert approved.changed == (("PO-000001-001", "The bank account has changed"),)
    assert desk.batch(batch_id).state == "cancelled"
    with organization_scope(market.host.id):
        assert PayoutApproval.objects.get(batch_id=batch_id).voided_at == later
    anew = desk.prepare(now=later)
    assert [p.account_masked for p in desk.payouts(anew)] == ["DE•••• 2051"]


def test_s22_a_refund_that_eats_the_balance_voids_it_too(market):
    desk = market.desk
    batch_id = desk.prepare(now=FEBRUARY)
    market.sell(OrderOf(-10000, kind="refund", refund_of="O-1", partner_code="", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert not desk.approve(batch_id, now=MARCH).is_reserved
    assert market.balance("in_transit", market.north) == 0
    assert desk.payouts(batch_id)[0].reason_text == "The balance does not cover it any more"


def test_s22_only_what_was_looked_at_is_approved(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    with pytest.raises(BatchChangedError):
        market.desk.approve(batch_id, now=FEBRUARY, content_sha256="0" * 64)
    assert market.desk.batch(batch_id).state == "prepared"


def test_money_is_in_one_draft_at_most(market):
    first = market.desk.prepare(now=FEBRUARY)
    assert reasons(market) == [(4000, "in_a_draft")]
    with pytest.raises(NothingPayableError):
        market.desk.prepare(now=FEBRUARY)
    with organization_scope(market.host.id):
        cancel_batch(actor=market.host.actor(Role.FINANCE), batch_id=first, note="Too early", now=FEBRUARY)
    assert market.desk.batch(market.desk.prepare(now=FEBRUARY)).reference == "PB-000002"


def test_cancelled_before_it_is_sent_the_money_is_available_again(market):
    desk = market.desk
    batch_id = desk.prepare(now=FEBRUARY)
    desk.approve(batch_id, now=FEBRUARY)
    with organization_scope(market.host.id):
        cancel_batch(actor=market.host.actor(Role.FINANCE), batch_id=batch_id, note="", now=FEBRUARY)
    assert market.balance("available", market.north) == -4000
    assert market.balance("in_transit", market.north) == 0
    [payout] = desk.payouts(batch_id)
    assert desk.steps(payout) == ["prepared", "reserved", "cancelled"]


def test_one_can_be_taken_out(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    [payout] = market.desk.payouts(batch_id)
    with organization_scope(market.host.id):
        take_out_payout(actor=market.host.actor(Role.FINANCE), payout_id=payout.id, reason="Asks first", now=FEBRUARY)
    assert market.desk.batch(batch_id).state == "cancelled"
    assert plan(market).total_minor == 4000


@pytest.mark.parametrize(
    ("compare", "threshold", "paid"),
    [("at_least", "40", 4000), ("at_least", "40.01", 0), ("exceeds", "40", 0), ("exceeds", "39.99", 4000)],
)
def test_thresholds(db, compare, threshold, paid):
    market = payable_market(payouts=[{"threshold": threshold, "compare": compare}])
    assert plan(market).total_minor == paid
    assert reasons(market) == ([] if paid else [(4000, "below_threshold")])


def test_a_small_balance_is_flushed_after_its_months(db):
    market = payable_market(payouts=[{"threshold": "50", "flush_months": 2}])
    assert plan(market, MARCH).total_minor == 0
    assert plan(market, FEBRUARY + timedelta(days=62)).total_minor == 4000


def test_a_lag_counts_from_the_periods_end(db):
    market = payable_market(payouts=[{"lag_days": 20}])
    assert reasons(market) == [(4000, "not_yet")]
    assert plan(market, FEBRUARY + timedelta(days=5)).total_minor == 0
    assert plan(market, FEBRUARY + timedelta(days=6)).total_minor == 4000


def test_whole_units_leave_the_rest(db):
    market = Market([SHARED], payouts=[{"whole_units": True}])
    market.sell(OrderOf(2613, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    assert plan(market).total_minor == 1000
    assert reasons(market) == [(45, "below_threshold")]


def test_without_an_account_nothing_is_paid(db):
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    assert reasons(market) == [(4000, "no_account")]


def test_an_unconfirmed_change_is_never_paid_to(market):
    bank_account_of(market.north, number=OTHER_IBAN, now=FEBRUARY)
    [planned] = plan(market, MARCH).payouts
    assert planned.account.masked == "DE•••• 3000"


def test_a_hold_stops_it_and_is_lifted(market):
    finance = market.host.actor(Role.FINANCE)
    with organization_scope(market.host.id):
        with pytest.raises(HoldReasonMissingError):
            place_hold(actor=finance, organization_id=market.north.id, reason=" ", now=FEBRUARY)
        hold = place_hold(actor=finance, organization_id=market.north.id, reason="Disputed", now=FEBRUARY)
        with pytest.raises(OnHoldAlreadyError):
            place_hold(actor=finance, organization_id=market.north.id, reason="Again", now=FEBRUARY)
        with pytest.raises(NotFoundError):
            place_hold(actor=finance, organization_id=market.host.id, reason="Own", now=FEBRUARY)
    assert reasons(market) == [(4000, "on_hold")]
    with organization_scope(market.host.id):
        lift_hold(actor=market.host.actor(), hold_id=hold, now=FEBRUARY)
        with pytest.raises(HoldLiftedError):
            lift_hold(actor=market.host.actor(), hold_id=hold, now=FEBRUARY)
    assert plan(market).total_minor == 4000


def test_a_partner_prepares_nothing_and_no_gateway_is_made_up(market):
    desk = Desk(market.north, market.alliance)
    with pytest.raises(NotPermittedError):
        desk.prepare(now=FEBRUARY, actor=market.north.actor())
    with pytest.raises(UnknownGatewayError):
        Desk(market.host, market.alliance, gateway="pigeon").prepare(now=FEBRUARY)


def test_what_is_paid_never_changes_in_the_database(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    with organization_scope(market.host.id):
        for change in ({"amount_minor": 1}, {"account_sha256": "0" * 64}, {"state": "confirmed", "confirmed_at": NOW}):
            with pytest.raises(DatabaseError), atomic():
                Payout.objects.filter(batch_id=batch_id).update(**change)
        with pytest.raises(DatabaseError), atomic():
            PayoutStep.objects.update(detail="other")


def test_the_partner_sees_its_payout_and_nobody_elses_batch(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    with organization_scope(market.north.id):
        assert Payout.objects.get().amount_minor == 4000
        assert not PayoutBatch.objects.filter(pk=batch_id).exists()


def test_the_clock_prepares_what_the_schedule_asks_for_once(db):
    market = payable_market(payouts=[{"day": 16}])  # FEBRUARY is the 15th, a Sunday
    assert prepare_due_batches_of(host_id=market.host.id, now=FEBRUARY) == 0
    monday = FEBRUARY + timedelta(days=1)
    assert [prepare_due_batches_of(host_id=market.host.id, now=monday) for _ in range(2)] == [1, 0]
    [payout] = market.desk.payouts()
    batch = market.desk.batch(payout.batch_id)
    assert (batch.due_on, batch.prepared_by, batch.prepared_by_id) == (monday.date(), "payout schedule", None)
    assert market.desk.approve(batch.id, now=monday, actor=market.host.actor(Role.FINANCE)).is_reserved


def test_a_day_that_was_missed_is_made_up(db):
    market = payable_market(payouts=[{"day": 13}])
    assert prepare_due_batches_of(host_id=market.host.id, now=FEBRUARY) == 1


def test_the_finance_home_says_what_waits(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    client = signed_in(market.host.user(Role.FINANCE), organization=market.host)
    with organization_scope(market.host.id):
        queue = finance_queues(FinanceDesk(market.host.actor(Role.FINANCE), FEBRUARY))["payouts"]
    assert (queue.count, queue.amounts[0].amount_minor, queue.items[0].title) == (1, 4000, "PB-000001")
    assert queue.items[0].warning
    assert str(batch_id) in queue.items[0].href
    assert b"PB-000001" in client.get(queue.href).content
    assert b"PB-000001" not in client.get(queue.href.replace("prepared", "sent")).content
