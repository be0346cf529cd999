"""Money that people decide on: proposed by one, approved by another, never half."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError

from alliance.kernel.actor import PersonRequiredError, SecondFactorRequiredError
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.domain.restatement_content import RestatementContent
from settlements.models import Adjustment, AdjustmentKind, ProposedAdjustment, Restatement, Statement
from settlements.services.approve_adjustment import NothingOwedError, ProposedByYouError, approve_adjustment
from settlements.services.approve_excess import NothingWaitsError, approve_excess, waiting_excess
from settlements.services.hold_proposal import DecidedAlreadyError
from settlements.services.propose_adjustment import (
    AdjustmentOfNothingError,
    NotAPartnerOfItError,
    ReasonMissingError,
    StatementOfAnotherError,
    WantedAdjustment,
    WrongDirectionError,
    propose_adjustment,
)
from settlements.services.reject_adjustment import reject_adjustment
from tests.cast import member_of
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
APRIL = datetime(2026, 4, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def market(db):
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    return market


def wanted(market, amount_minor=-300, kind=AdjustmentKind.CORRECTION, **more):
    given = {"party_id": market.north.id, "reason": "Counted twice", **more}
    return WantedAdjustment(kind=kind, agreement_id=market.agreement.id, amount_minor=amount_minor, **given)


def proposed(market, *args, now=FEBRUARY, **more):
    with organization_scope(market.host.id):
        return propose_adjustment(actor=market.host.actor(Role.FINANCE), wanted=wanted(market, *args, **more), now=now)


def approved(market, proposal_id, *, actor=None, now=FEBRUARY):
    with organization_scope(market.host.id):
        return approve_adjustment(actor=actor or market.host.actor(), proposal_id=proposal_id, now=now)


def test_two_people_move_the_money_once(market):
    id_ = proposed(market)
    assert market.owed() == 4000
    approved(market, id_)
    assert market.owed() == 3700
    assert market.balance("revenue") == -6300
    with pytest.raises(DecidedAlreadyError):
        approved(market, id_)
    market.close(FEBRUARY, now=MARCH)
    assert market.statement(2).adjustments_minor == -300
    assert market.statement(2, market.host).adjustments_minor == 300


def test_the_maker_is_not_the_checker(market):
    finance = market.host.actor(Role.FINANCE)
    id_ = proposed(market)
    with pytest.raises(ProposedByYouError):
        approved(market, id_, actor=finance)
    another = member_of(market.host, Role.FINANCE)
    assert another != market.host.finance
    assert approved(market, id_)


@pytest.mark.parametrize(
    ("role", "factor", "error"),
    [(Role.MANAGER, True, NotPermittedError), (Role.OWNER, False, SecondFactorRequiredError)],
)
def test_who_may_not_approve(market, role, factor, error):
    id_ = proposed(market)
    with pytest.raises(error):
        approved(market, id_, actor=market.host.actor(role, has_second_factor=factor))


def test_neither_the_system_nor_another_organization_approves(market):
    id_ = proposed(market)
    with pytest.raises((PersonRequiredError, ProposedByYouError)):
        approved(market, id_, actor=market.host.system)
    with organization_scope(market.north.id), pytest.raises(NotFoundError):
        approve_adjustment(actor=market.north.actor(), proposal_id=id_, now=FEBRUARY)
    with organization_scope(market.north.id), pytest.raises(NotPermittedError):
        propose_adjustment(actor=market.north.actor(), wanted=wanted(market), now=FEBRUARY)


def test_what_is_rejected_moves_nothing(market):
    id_ = proposed(market)
    with organization_scope(market.host.id):
        reject_adjustment(actor=market.host.actor(), proposal_id=id_, note="No", now=FEBRUARY)
    with pytest.raises(DecidedAlreadyError):
        approved(market, id_)
    assert market.owed() == 4000


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"amount_minor": 0}, AdjustmentOfNothingError),
        ({"amount_minor": -5, "kind": AdjustmentKind.CLAWBACK}, WrongDirectionError),
        ({"amount_minor": -5, "kind": AdjustmentKind.WRITE_OFF}, WrongDirectionError),
        ({"reason": "  "}, ReasonMissingError),
        ({"kind": AdjustmentKind.RESTATEMENT}, StatementOfAnotherError),
        ({"kind": AdjustmentKind.GUARANTEE}, NotPermittedError),
    ],
)
def test_what_can_not_be_proposed(market, changes, error):
    asked = replace(wanted(market), **changes)
    with organization_scope(market.host.id), pytest.raises(error):
        propose_adjustment(actor=market.host.actor(), wanted=asked, now=FEBRUARY)


def test_only_a_partner_of_the_agreement_gets_or_gives(market):
    for party in (market.host.id, market.alliance.id):
        with organization_scope(market.host.id), pytest.raises(NotAPartnerOfItError):
            propose_adjustment(actor=market.host.actor(), wanted=replace(wanted(market), party_id=party), now=FEBRUARY)


def test_a_clawback_after_the_close_is_carried_as_a_debt_and_written_off(market):
    """E11, S47."""
    approved(market, proposed(market, 7000, AdjustmentKind.CLAWBACK))
    market.close(FEBRUARY, now=MARCH)
    assert market.statement(2).closing_minor == -3000
    assert market.balance("receivable", market.north) == 3000
    with pytest.raises(NothingOwedError):
        approved(market, proposed(market, 3001, AdjustmentKind.WRITE_OFF), now=MARCH)
    approved(market, proposed(market, 3000, AdjustmentKind.WRITE_OFF), now=MARCH)
    assert (market.owed(), market.balance("expense")) == (0, 3000)
    market.close(MARCH, now=APRIL)
    assert (market.statement(3).adjustments_minor, market.statement(3).closing_minor) == (3000, 0)


class TestRestatements:
    """S17."""

    def restated(self, market, amount_minor):
        statement = market.statement(1)
        id_ = proposed(market, amount_minor, AdjustmentKind.RESTATEMENT, statement_id=statement.id)
        approved(market, id_)
        return statement

    def test_version_two_says_the_difference_and_version_one_stays(self, market):
        before = market.statement(1)
        self.restated(market, -300)
        self.restated(market, 100)
        with organization_scope(market.north.id):
            second, third = Restatement.objects.order_by("version")
            assert Statement.objects.get(pk=before.pk).content_sha256 == before.content_sha256
        assert (second.version, second.delta_minor, second.closing_minor) == (2, -300, 3700)
        assert (third.version, third.closing_minor) == (3, 3800)
        assert second.previous_sha256 == before.content_sha256
        assert third.previous_sha256 == second.content_sha256
        content = RestatementContent(
            before.number, 2, "EUR", -300, 3700, second.adjustment_id, before.content_sha256, "Counted twice"
        )
        assert content.sha256() == second.content_sha256

    def test_only_the_difference_moves_in_the_present_period(self, market):
        self.restated(market, -300)
        market.close(FEBRUARY, now=MARCH)
        found = market.statement(2)
        assert (found.opening_minor, found.adjustments_minor, found.closing_minor) == (4000, -300, 3700)
        with organization_scope(market.north.id):
            assert str(Adjustment.objects.get().about_period) == "2026-01"


def test_nothing_of_it_is_rewritten(market):
    id_ = proposed(market)
    approved(market, id_)
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        ProposedAdjustment.objects.filter(pk=id_).update(amount_minor=1)


class TestExcess:
    """D10: what exceeds a cap may be approved."""

    capped = (
        {
            "id": "most",
            "party": str(written.NORTH),
            "amount": "5.00",
            "window": "month",
            "excess": "waits_for_approval",
        },
    )

    def sold(self):
        market = Market([written.clause(written.commission("40%"))], caps=self.capped)
        market.sell(OrderOf(2000, reference="O-1", occurred_at=JANUARY))
        return market

    def test_it_becomes_the_partners_once_approved(self, db):
        market = self.sold()
        assert market.owed() == 500
        with organization_scope(market.host.id):
            [accrual] = waiting_excess()
            assert approve_excess(actor=market.host.actor(), accrual_id=accrual.id, now=JANUARY) == 1
            assert not waiting_excess().exists()
            with pytest.raises(NothingWaitsError):
                approve_excess(actor=market.host.actor(), accrual_id=accrual.id, now=JANUARY)
        assert (market.owed(), market.balance("revenue")) == (800, -1200)

    def test_a_refund_asks_to_take_it_back(self, db):
        market = self.sold()
        market.sell(OrderOf(-2000, kind="refund", refund_of="O-1", partner_code="", occurred_at=JANUARY))
        with organization_scope(market.host.id):
            for accrual in waiting_excess():
                approve_excess(actor=market.host.actor(), accrual_id=accrual.id, now=JANUARY)
        assert market.owed() == 0
