"""S44: terms signed later for a time that had begun adjust what accrued under others, to the cent."""

from datetime import UTC, date, datetime

import pytest

from alliance.kernel.tenancy import organization_scope
from partners.domain.proposal import Proposal
from partners.services.accept_agreement import Signature, accept_agreement
from partners.services.propose_version import propose_version
from settlements.models import Accrual, Adjustment, Rerating, Tally
from settlements.services.rerate_accruals import rerate_accruals
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


def shared(host, north):
    return written.clause(written.split((written.HOST, host), (written.NORTH, north)))


def at(month, day):
    return datetime(2026, month, day, 12, tzinfo=UTC)


def amended(market, clauses, *, since, now=FEBRUARY, **terms):
    """A second version that everybody signs at `now`; what then accrued otherwise is adjusted."""
    whole = {
        "schema": 2,
        "currency": "EUR",
        "time_zone": "UTC",
        "parties": [str(party.id) for party in market.agreement.parties],
        **market.real({"clauses": list(clauses), **terms}),
    }
    with organization_scope(market.host.id):
        proposed = propose_version(
            actor=market.host.system,
            agreement_id=market.agreement.id,
            proposal=Proposal.of_whole(whole, since),
            now=now,
        )
    for party in market.agreement.parties:
        with organization_scope(party.id):
            accept_agreement(
                actor=party.actor(),
                version_id=proposed.version_id,
                document_sha256=proposed.document_sha256,
                signature=Signature(name="Somebody", language="en"),
                now=now,
            )
    return proposed.version_id


def rerated(market, version_id, now=FEBRUARY):
    with organization_scope(market.host.id):
        return rerate_accruals(
            actor=market.host.system, agreement_id=market.agreement.id, version_id=version_id, now=now
        )


def test_s44_the_difference_goes_to_each_party_and_the_originals_stay(db):
    market = Market([shared("60%", "40%")])
    early, late = market.sell(
        OrderOf(10000, occurred_at=at(1, 5)), OrderOf(999, reference="O-2", occurred_at=at(1, 20))
    )
    market.close(JANUARY, now=FEBRUARY)
    statement = market.statement(1)
    version_id = amended(market, [shared("70%", "30%")], since=date(2026, 1, 15))
    assert rerated(market, version_id) == 1
    assert rerated(market, version_id) == 0
    assert market.earned(early, late) == [4000, 400]
    with organization_scope(market.north.id):
        adjustment = Adjustment.objects.get()
        assert (adjustment.kind, adjustment.amount_minor, adjustment.reference) == ("rerated", -100, "O-2")
        assert (adjustment.terms_version_id, str(adjustment.about_period)) == (version_id, "2026-01")
        assert adjustment.accrual.conversion_id == late
    market.close(FEBRUARY, now=MARCH)
    assert market.statement(1).content_sha256 == statement.content_sha256
    assert market.statement(2).closing_minor == market.owed() == 4300


def test_refunds_before_and_after_end_at_nothing(db):
    market = Market([shared("60%", "40%")])
    market.sell(OrderOf(999, reference="O-1", occurred_at=at(1, 20)))
    market.sell(OrderOf(-333, kind="refund", refund_of="O-1", partner_code="", occurred_at=at(1, 21)))
    rerated(market, amended(market, [shared("70%", "30%")], since=date(2026, 1, 15)))
    assert market.owed() == 200
    market.sell(OrderOf(-666, kind="refund", refund_of="O-1", partner_code="", occurred_at=at(1, 22)))
    assert (market.owed(), market.balance("revenue")) == (0, 0)


def test_running_totals_count_as_if_the_terms_had_been_there(db):
    tiers = written.tiered({"up_to": "100.00", "rate": "10%"}, {"rate": "20%"})
    market = Market([written.clause(tiers)])
    sales = market.sell(*(OrderOf(10000, occurred_at=at(1, day)) for day in (16, 17, 18)))
    assert market.earned(*sales) == [1000, 2000, 2000]
    better = written.tiered({"up_to": "200.00", "rate": "10%"}, {"rate": "30%"})
    rerated(market, amended(market, [written.clause(better)], since=date(2026, 1, 15)))
    assert market.owed() == 1000 + 1000 + 3000
    with organization_scope(market.host.id):
        assert Tally.objects.get(kind="clause").amount_minor == 30000
    [after] = market.sell(OrderOf(1000, occurred_at=at(1, 19)))
    assert market.earned(after) == [300]


def test_twice_amended_only_the_further_difference_moves(db):
    market = Market([shared("60%", "40%")])
    market.sell(OrderOf(10000, occurred_at=at(1, 20)))
    rerated(market, amended(market, [shared("70%", "30%")], since=date(2026, 1, 10)))
    rerated(market, amended(market, [shared("50%", "50%")], since=date(2026, 1, 15)))
    with organization_scope(market.host.id):
        assert [a.amount_minor for a in Adjustment.objects.order_by("id")] == [-1000, 2000]
        assert Rerating.objects.count() == 2
        assert Accrual.objects.count() == 1
    assert market.owed() == 5000


def test_terms_for_the_time_to_come_adjust_nothing(db):
    market = Market([shared("60%", "40%")])
    market.sell(OrderOf(10000, occurred_at=at(1, 20)))
    version_id = amended(market, [shared("70%", "30%")], since=date(2026, 3, 1), now=FEBRUARY)
    assert rerated(market, version_id) == 0
    assert market.owed() == 4000
