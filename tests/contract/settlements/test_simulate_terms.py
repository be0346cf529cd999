"""Past months under terms that nobody has signed yet."""

from datetime import UTC, date, datetime

import pytest

from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.domain.terms import Terms
from settlements.models import Accrual, Tally
from settlements.services import simulate_terms as service
from settlements.services.simulate_terms import (
    OnlyTheHostKnowsError,
    OtherFrameError,
    TooMuchToReplayError,
    simulate_terms,
)
from tests.api import Caller
from tests.cast import partner_organization
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db

APRIL = datetime(2026, 4, 10, 12, tzinfo=UTC)
SPLIT = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
TIERS = written.clause(
    written.tiered({"up_to": "100.00", "rate": "10%"}, {"rate": "20%"}, mode="graduated", window="month")
)


def simulated(market, clauses, *, months=3, now=APRIL, actor=None, **more):
    whole = market.real({"clauses": list(clauses), **more})
    parties = [str(party.id) for party in (market.host, market.north, *market.others)]
    frame = {"schema": 2, "currency": "EUR", "time_zone": "UTC", "parties": parties}
    reader = actor or market.host.actor(Role.FINANCE)
    with organization_scope(reader.organization_id):
        return simulate_terms(
            actor=reader,
            agreement_id=market.agreement.id,
            terms=Terms.from_json({**frame, **whole}),
            months=months,
            now=now,
        )


def sold(market):
    """Sales, a refund of one of them in part, and one of an order from before, over three months."""
    orders = [
        OrderOf(9_999, reference="A", occurred_at=JANUARY, customer="c1"),
        OrderOf(10_001, reference="B", occurred_at=FEBRUARY, customer="c1"),
        OrderOf(333, reference="C", occurred_at=FEBRUARY, customer="c2"),
        OrderOf(-3_333, kind="refund", refund_of="A", partner_code="", reference="RA", occurred_at=FEBRUARY),
        OrderOf(20_000, reference="D", occurred_at=MARCH, customer="c3"),
    ]
    market.sell(*orders, now=MARCH)


def of(simulation, party):
    [row] = [row for row in simulation.totals if row.party == party.id]
    return row.settled_minor, row.simulated_minor


def test_the_signed_terms_replayed_bring_what_was_settled():
    for clauses, more in (
        ([SPLIT], {}),
        ([SPLIT], {"rounding": {"accumulation": "running_total"}}),
        ([TIERS], {}),
        (
            [written.clause(written.commission("25%"))],
            {"caps": [{"id": "m", "party": str(written.NORTH), "amount": "30", "window": "month"}]},
        ),
    ):
        market = Market(clauses, **more)
        sold(market)
        found = simulated(market, clauses, **more)
        assert (found.conversions, found.replayed) == (5, 5)
        assert [row.difference_minor for row in found.rows] == [0] * len(found.rows)
        assert of(found, market.north)[0] > 0


def test_other_terms_show_the_difference_of_each_party_and_month():
    market = Market([SPLIT])
    sold(market)
    found = simulated(market, [written.clause(written.split((written.HOST, "1/2"), (written.NORTH, "1/2")))])
    assert found.months == ("2026-01", "2026-02", "2026-03")
    assert of(found, market.north) == (4_000 + 4_000 + 133 - 1_333 + 8_000, 5_000 + 5_001 - 1 + 166 - 1_667 + 10_000)
    north = [row for row in found.rows if row.party == market.north.id]
    assert [row.month for row in north] == list(found.months)
    assert sum(row.difference_minor for row in found.totals) == 0


def test_caps_and_guarantees_are_counted():
    market = Market([SPLIT])
    sold(market)
    found = simulated(
        market,
        [written.clause(written.commission("40%"))],
        caps=[{"id": "m", "party": str(written.NORTH), "amount": "30", "window": "month"}],
        guarantees=[{"party": str(written.NORTH), "amount": "35", "borne_by": str(written.HOST)}],
    )
    january = 3_000 - 333  # of the 39.99 that the order earns 30.00 are allowed; 26.66 are left of it after its refund
    assert (found.caps.count, found.guarantees_minor) == (4, (3_500 - january) + 500 + 500)
    assert of(found, market.north)[1] == 3 * 3_500
    assert found.caps.held_back_minor > 0
    assert found.guarantees_settled_minor == 0


def test_only_the_months_asked_for_and_refunds_of_older_orders_as_they_were():
    market = Market([SPLIT])
    sold(market)
    found = simulated(market, [written.clause(written.commission("10%"))], months=2)
    assert (found.since, found.until) == (date(2026, 2, 1), date(2026, 4, 1))
    assert (found.conversions, found.replayed) == (4, 3)
    assert of(found, market.north) == (4_000 + 133 - 1_333 + 8_000, 1_000 + 33 - 1_333 + 2_000)


def test_a_partner_replays_what_it_can_know(monkeypatch):
    market = Market([SPLIT])
    sold(market)
    half = written.clause(written.split((written.HOST, "1/2"), (written.NORTH, "1/2")))
    seen = simulated(market, [half], actor=market.north.actor())
    assert of(seen, market.north) == of(simulated(market, [half]), market.north)
    nearby = written.clause(written.commission("5%"), when=written.when(written.condition("country", "DE")))
    with pytest.raises(OnlyTheHostKnowsError):
        simulated(market, [nearby], actor=market.north.actor())


def test_the_api_answers_host_and_partner_and_names_what_is_wrong():
    market = Market([SPLIT])
    sold(market)
    parties = [str(market.host.id), str(market.north.id)]
    terms = {"schema": 2, "currency": "EUR", "time_zone": "UTC", "parties": parties, "clauses": [market.real(SPLIT)]}
    address = f"/api/v1/agreements/{market.agreement.id}/simulations"
    host, north = (
        Caller(market.host).post(address, {"terms": terms}),
        Caller(market.north).post(address, {"terms": terms}),
    )
    assert (host.status_code, north.status_code) == (200, 200)
    assert {row["party"] for row in host.json()["rows"]} == set(parties)
    assert {row["party"] for row in north.json()["rows"]} == {parties[1]}
    wrong = Caller(market.host).post(address, {"terms": {**terms, "hold": {"days": -1}}})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "terms.hold.days"


def test_nothing_is_written():
    market = Market([TIERS])
    sold(market)
    with organization_scope(market.host.id):
        before = (Accrual.objects.count(), sorted(Tally.objects.values_list("key", "amount_minor")))
    simulated(
        market,
        [written.clause(written.tiered({"up_to": "5", "rate": "1%"}, {"rate": "90%"}, mode="volume", window="month"))],
    )
    with organization_scope(market.host.id):
        assert (Accrual.objects.count(), sorted(Tally.objects.values_list("key", "amount_minor"))) == before


def test_refusals(monkeypatch):
    market = Market([SPLIT])
    sold(market)
    stranger = partner_organization()
    with pytest.raises(NotFoundError):
        simulated(market, [SPLIT], actor=stranger.actor())
    with organization_scope(market.host.id), pytest.raises(OtherFrameError):
        simulate_terms(
            actor=market.host.actor(Role.FINANCE),
            agreement_id=market.agreement.id,
            terms=Terms.from_json(
                market.real(
                    {
                        "schema": 2,
                        "currency": "USD",
                        "time_zone": "UTC",
                        "parties": [str(market.host.id), str(market.north.id)],
                        "clauses": [SPLIT],
                    }
                )
            ),
            months=3,
            now=APRIL,
        )
    monkeypatch.setattr(service, "MOST_CONVERSIONS", 4)
    with pytest.raises(TooMuchToReplayError):
        simulated(market, [SPLIT])
