"""S42: a disputed line is set aside, the rest stays payable; settled in favour of either, to the cent."""

import pytest
from django.db import DatabaseError

from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.answers.services.dispute_line import (
    DisputeReasonMissingError,
    LineDisputedAlreadyError,
    NothingDisputedError,
    StatementAcceptedError,
    dispute_line,
)
from settlements.answers.services.find_statement import OwnStatementError
from settlements.answers.services.hold_dispute import DisputeOverError
from settlements.answers.services.let_line_stand import AnswerMissingError, let_line_stand
from settlements.answers.services.propose_correction import (
    CorrectionWaitsError,
    NothingCorrectedError,
    propose_correction,
)
from settlements.answers.services.set_disputed_aside import set_disputed_aside
from settlements.answers.services.withdraw_dispute import withdraw_dispute
from settlements.models import Adjustment, AdjustmentKind, LineDispute, Statement
from settlements.services.reject_adjustment import reject_adjustment
from tests.contract.settlements.answers.tens import (
    APRIL,
    accepted,
    balances,
    corrected,
    dispute,
    disputed,
    market,
    sold,
)
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH
from tests.contract.settlements.test_proposals import approved, proposed
from tests.orders import OrderOf
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db
__all__ = ["market"]


def stands(market, id_, note="It was sold once", role=Role.FINANCE):
    with organization_scope(market.host.id):
        let_line_stand(actor=market.host.actor(role), dispute_id=id_, note=note, now=FEBRUARY)


def withdrawn(market, id_, party=None):
    party = party or market.north
    with organization_scope(party.id):
        withdraw_dispute(actor=party.actor(Role.FINANCE), dispute_id=id_, now=FEBRUARY)
    deliver_all(market.host.id, market.north.id)


def test_s42_one_of_ten_lines_is_set_aside_and_the_rest_is_payable(market):
    assert balances(market) == (4000, 0)
    id_ = disputed(market)
    assert balances(market) == (3600, 400)
    assert (dispute(market, id_).set_aside_minor, market.owed()) == (400, 4000)


def test_s42_in_favour_of_the_line_it_is_available_again(market):
    id_ = disputed(market)
    stands(market, id_)
    assert balances(market) == (4000, 0)
    assert dispute(market, id_).state == "stands"
    with pytest.raises(DisputeOverError):
        stands(market, id_)


def test_s42_reversed_the_host_has_it(market):
    id_ = disputed(market, market.host, reason="A test order")
    corrected(market, id_, 0)
    assert balances(market) == (3600, 0)
    assert market.balance("revenue") == -6400
    market.close(FEBRUARY, now=MARCH)
    found = market.statement(2)
    assert (found.opening_minor, found.adjustments_minor, found.closing_minor) == (4000, -400, 3600)


def test_in_favour_of_the_partner_it_gets_more(market):
    id_ = disputed(market, claimed=600)
    corrected(market, id_, 600)
    assert balances(market) == (4200, 0)
    found = dispute(market, id_)
    assert (found.state, found.corrected_minor, found.claimed_minor) == ("corrected", 600, 600)
    with organization_scope(market.north.id):
        adjustment = Adjustment.objects.select_related("about_period").get(pk=found.correction_id)
    assert (adjustment.amount_minor, adjustment.kind, str(adjustment.about_period)) == (200, "correction", "2026-01")
    market.close(FEBRUARY, now=MARCH)
    assert market.statement(2).closing_minor == 4200


def test_whoever_disputed_may_take_it_back(market):
    id_ = disputed(market)
    with pytest.raises(NotPermittedError):
        withdrawn(market, id_, market.host)
    withdrawn(market, id_)
    assert balances(market) == (4000, 0)
    assert dispute(market, id_).released_at is not None
    again = disputed(market)
    assert again != id_
    assert balances(market) == (3600, 400)


def test_what_is_withdrawn_before_the_worker_looked_is_never_set_aside(market):
    id_ = disputed(market, works=False)
    withdrawn(market, id_)
    assert balances(market) == (4000, 0)
    assert dispute(market, id_).set_aside_minor == 0


def test_hearing_of_it_twice_changes_nothing(market):
    id_ = disputed(market)
    with organization_scope(market.host.id):
        assert set_disputed_aside(actor=market.host.system, dispute_id=id_, now=FEBRUARY) == 400
    assert balances(market) == (3600, 400)
    with organization_scope(market.north.id), pytest.raises(NotPermittedError):
        set_disputed_aside(actor=market.north.system, dispute_id=id_, now=FEBRUARY)


def test_what_is_no_longer_there_is_not_set_aside(market):
    """38.00 were clawed back since: 2.00 are left."""
    approved(market, proposed(market, 3800, AdjustmentKind.CLAWBACK))
    id_ = disputed(market)
    assert balances(market) == (0, 200)
    stands(market, id_)
    assert balances(market) == (200, 0)


def test_a_line_that_takes_away_sets_nothing_aside(db):
    market = sold()
    market.sell(OrderOf(-1000, kind="refund", refund_of="O-1", partner_code="", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    statement = market.statement(2)
    with organization_scope(market.north.id):
        id_ = dispute_line(
            actor=market.north.actor(), statement_id=statement.id, line_number=1, reason="Never refunded", now=MARCH
        )
    deliver_all(market.host.id, market.north.id)
    assert dispute(market, id_).set_aside_minor == 0
    assert balances(market) == (3600, 0)
    corrected(market, id_, 0, now=MARCH)
    assert balances(market) == (4000, 0)


def test_money_inside_its_hold_is_set_aside_by_the_close_that_frees_it(db):
    """Sold on 15 January and held for 30 days: due on 14 February."""
    market = sold(hold={"days": 30})
    assert balances(market) == (0, 0)
    id_ = disputed(market)
    assert (balances(market), dispute(market, id_).set_aside_minor) == ((0, 0), None)
    market.sell(OrderOf(0, reference="F-1", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert balances(market) == (3600, 400)
    stands(market, id_)
    assert balances(market) == (4000, 0)


def test_a_close_meanwhile_adds_up_and_pays_the_rest(market):
    disputed(market)
    market.sell(OrderOf(1000, reference="F-1", occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert market.statement(2).closing_minor == 4400
    assert balances(market) == (4000, 400)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": "  "}, DisputeReasonMissingError),
        ({"claimed": 400}, NothingDisputedError),
        ({"line": 11}, NotFoundError),
    ],
)
def test_what_is_no_dispute(market, changes, error):
    with pytest.raises(error):
        disputed(market, **changes)


def test_one_dispute_of_a_line_at_a_time(market):
    disputed(market)
    with pytest.raises(LineDisputedAlreadyError):
        disputed(market)
    disputed(market, line=4)
    assert balances(market) == (3200, 800)


def test_who_may_dispute(market):
    statement, own = market.statement(1), market.statement(1, market.host)

    def tried(actor, statement_id, error):
        with organization_scope(actor.organization_id), pytest.raises(error):
            dispute_line(actor=actor, statement_id=statement_id, line_number=1, reason="No", now=FEBRUARY)

    tried(market.north.actor(Role.VIEWER), statement.id, NotPermittedError)
    tried(market.host.actor(), own.id, OwnStatementError)
    tried(market.north.actor(), own.id, NotFoundError)
    stranger = sold()
    tried(stranger.north.actor(), statement.id, NotFoundError)
    tried(stranger.host.actor(), statement.id, NotFoundError)


def test_only_the_host_decides_and_says_why(market):
    id_ = disputed(market)
    with pytest.raises(AnswerMissingError):
        stands(market, id_, note=" ")
    with pytest.raises(NotPermittedError):
        stands(market, id_, role=Role.MANAGER)
    for service, more in ((let_line_stand, {}), (propose_correction, {"corrected_minor": 1})):
        with organization_scope(market.north.id), pytest.raises(NotPermittedError):
            service(actor=market.north.actor(), dispute_id=id_, note="Mine", now=FEBRUARY, **more)


def test_a_correction_waits_for_a_second_person_and_may_be_rejected(market):
    id_ = disputed(market)
    finance = market.host.actor(Role.FINANCE)
    with organization_scope(market.host.id):
        ask = {"actor": finance, "dispute_id": id_, "note": "We looked", "now": FEBRUARY}
        with pytest.raises(NothingCorrectedError):
            propose_correction(corrected_minor=400, **ask)
        proposal_id = propose_correction(corrected_minor=0, **ask)
        with pytest.raises(CorrectionWaitsError):
            propose_correction(corrected_minor=1, **ask)
    assert balances(market) == (3600, 400)
    with organization_scope(market.host.id):
        reject_adjustment(actor=market.host.actor(), proposal_id=proposal_id, note="No", now=FEBRUARY)
    assert dispute(market, id_).is_open
    corrected(market, id_, 100)
    assert balances(market) == (3700, 0)


def test_a_correction_of_a_dispute_that_is_over_is_refused(market):
    id_ = disputed(market)
    with organization_scope(market.host.id):
        proposal_id = propose_correction(
            actor=market.host.actor(Role.FINANCE), dispute_id=id_, corrected_minor=0, note="We looked", now=FEBRUARY
        )
    withdrawn(market, id_)
    with pytest.raises(DisputeOverError):
        approved(market, proposal_id)
    assert balances(market) == (4000, 0)


def test_the_statement_stays_as_it_is(market):
    before = market.statement(1)
    corrected(market, disputed(market), 0)
    with organization_scope(market.north.id):
        assert Statement.objects.get(pk=before.pk).content_sha256 == before.content_sha256


def test_an_accepted_statement_is_not_disputed(market):
    assert accepted(market)
    for party in (market.north, market.host):
        with pytest.raises(StatementAcceptedError):
            disputed(market, party)


def test_both_trails_and_the_database_keep_it(market):
    id_ = disputed(market)
    with organization_scope(market.north.id):
        assert AuditEvent.objects.filter(action="line.disputed").exists()
        for change in ({"reason": "Other"}, {"state": "stands", "settled_at": FEBRUARY}, {"set_aside_minor": 1}):
            with pytest.raises(DatabaseError), atomic():
                LineDispute.objects.filter(pk=id_).update(**change)
        with pytest.raises(DatabaseError), atomic():
            LineDispute.objects.filter(pk=id_).delete()
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        LineDispute.objects.filter(pk=id_).update(state="stands", settled_at=FEBRUARY, share_minor=1)


def test_later_months_close_whatever_is_still_disputed(market):
    disputed(market)
    market.sell(OrderOf(1000, reference="F-1", occurred_at=MARCH), now=MARCH)
    market.close(JANUARY, now=MARCH)
    market.close(MARCH, now=APRIL)
    assert market.statement(3).closing_minor == 4400
