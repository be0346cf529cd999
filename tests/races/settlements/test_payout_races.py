"""People and workers at the same moment: money is set aside once, approved once, sent once."""

import pytest

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.models import Journal
from settlements.payouts.models import PayoutApproval
from settlements.payouts.services.claim_payouts import claim_payouts
from settlements.payouts.services.hold_batch import BatchMovedOnError
from settlements.payouts.services.prepare_batch import NothingPayableError
from tests.contract.settlements.market import FEBRUARY
from tests.contract.settlements.payouts.test_preparing import payable_market
from tests.races.together import together


@pytest.fixture
def market(committed):
    return payable_market()


def refused(results, *kinds):
    return [result for result in results if isinstance(result, kinds)]


def test_s24_g2_of_two_runs_the_second_finds_nothing(market):
    other = market.desk.another()
    results = together(
        lambda: market.desk.prepare(now=FEBRUARY), lambda: market.desk.prepare(now=FEBRUARY, actor=other)
    )
    assert len(refused(results, NothingPayableError)) == 1
    assert len(market.desk.payouts()) == 1


def test_two_approvers_set_the_money_aside_once(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    sha256 = market.desk.batch(batch_id).content_sha256
    people = [market.host.actor(), market.desk.another(), market.desk.another()]
    results = together(
        *(
            lambda person=person: market.desk.approve(batch_id, now=FEBRUARY, actor=person, content_sha256=sha256)
            for person in people
        )
    )
    assert len(refused(results, BatchMovedOnError)) == 2
    assert market.balance("in_transit", market.north) == -4000
    with organization_scope(market.host.id):
        assert PayoutApproval.objects.filter(batch_id=batch_id).count() == 1
        assert Journal.objects.filter(kind="payout_reserved").count() == 1


def test_two_senders_send_once(market):
    batch_id = market.desk.prepare(now=FEBRUARY)
    market.desk.approve(batch_id, now=FEBRUARY)
    people = [market.host.actor(), market.host.actor(Role.FINANCE)]
    results = together(
        *(lambda person=person: market.desk.send(batch_id, now=FEBRUARY, actor=person) for person in people)
    )
    assert len(refused(results, BatchMovedOnError)) == 1
    claimed = together(*([lambda: claim_payouts(most=5, now=FEBRUARY, host_id=market.host.id)] * 4))
    assert sum(len(claims) for claims in claimed) == 1
